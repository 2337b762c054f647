"""Pages that arrive in two pieces, to find the tests that read one before it is whole.

    pytest -p tests.browser.slowly tests/browser

A click waits until the next page begins. What is read then without waiting (a list, a count) needs
`page.wait_for_load_state()`; `expect` waits by itself. Such a test fails once in many runs, and here each time.
"""

import time

from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse

PAUSE = 0.4  # seconds
_at_once = WSGIHandler.__call__


def _in_two_pieces(self, environ, start_response):
    # Packed, half of a page says nothing.
    answer = _at_once(self, environ | {"HTTP_ACCEPT_ENCODING": ""}, start_response)
    is_page = isinstance(answer, HttpResponse) and answer.get("Content-Type", "").startswith("text/html")
    if not is_page:
        return answer
    page = b"".join(answer)
    answer.close()
    return _pieces(page)


def _pieces(page: bytes):
    main = max(page.find(b"<main"), 0)
    middle = main + (len(page) - main) // 3
    yield page[:middle]
    time.sleep(PAUSE)
    yield page[middle:]


WSGIHandler.__call__ = _in_two_pieces
