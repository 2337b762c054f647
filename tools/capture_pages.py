"""What every address answers to every visitor, in both languages, as files; `compare_pages.py` runs it.

It is copied into the tests of the commit in question and stands on their database: the real plan, the demo, and
the rows that the samples of tests/test_permissions.py name.
"""

import json
import os
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from tests import test_permissions
from tests.test_pages import PAGES, ROOT

LANGUAGES = ("zh-hans", "en")
READERS = ("anonymous", "analyst", "evaluator", "reviewer")
# Its key is drawn anew each time.
PASSING = {"accounts:second_factor"}
rows, visitors = test_permissions.rows, test_permissions.visitors


def addresses(rows) -> list[str]:
    names = sorted(test_permissions.SAMPLES.keys() - PASSING)
    named = [test_permissions.address_of(name, rows) for name in names]
    return [*dict.fromkeys([ROOT + page for page in PAGES] + named)]


def test_capture(plan, request):
    call_command("load_demo", verbosity=0)
    rows, visitors = request.getfixturevalue("rows"), request.getfixturevalue("visitors")
    kept = {}
    for visitor in READERS:
        client = visitors[visitor]
        client.raise_request_exception = False
        for language in LANGUAGES:
            client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
            for address in addresses(rows):
                response = client.get(address)
                if response.get("Content-Type", "").startswith("text/html") and not response.streaming:
                    body = response.content.decode()
                    kept[f"{visitor} {language} {address}"] = f"{response.status_code}\n{body}"
    Path(os.environ["CAPTURE"]).write_text(json.dumps(kept), encoding="utf-8")
