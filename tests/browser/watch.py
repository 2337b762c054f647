"""What a page said and asked for while a test looked at it."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from playwright.sync_api import BrowserContext, Page

# Runs before the page's own scripts; the binding carries the event out of the browser.
LISTEN = """
document.addEventListener("securitypolicyviolation", (event) => window.reportViolation(
  `${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`));
"""


@dataclass
class Watch:
    """Everything a clean page does none of."""

    host: str
    console: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", self._request)
        page.on("requestfailed", self._request_failed)

    def _console(self, message) -> None:
        self.console.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def _request(self, request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"data", "blob", "about"} and address.netloc != self.host:
            self.strangers.append(request.url)

    def _request_failed(self, request) -> None:
        # A download and a page left behind abort what they had asked for.
        if request.failure != "net::ERR_ABORTED":
            self.failed.append(f"{request.url} {request.failure}")


_watches: WeakKeyDictionary[Page, Watch] = WeakKeyDictionary()


def watch(context: BrowserContext, page: Page, host: str) -> Watch:
    seen = Watch(host)
    context.expose_binding("reportViolation", lambda _source, text: seen.violations.append(text))
    context.add_init_script(LISTEN)
    seen.follow(page)
    _watches[page] = seen
    return seen


def watched(page: Page) -> Watch:
    return _watches[page]


def assert_clean(page: Page, *, status: int = 200) -> None:
    """No console message, script error, CSP violation, failed or off-host request.

    The browser itself logs a line for an answer of 400 or more; only that line, and only for the page's own
    address, is passed over.
    """
    seen = _watches[page]
    own = f"error: Failed to load resource: the server responded with a status of {status} "
    console = [
        line
        for line in seen.console
        if not (status >= 400 and line.startswith(own) and line.endswith(f"({page.url})"))
    ]
    found = {
        "console": console,
        "errors": seen.errors,
        "csp": seen.violations,
        "other hosts": seen.strangers,
        "failed": seen.failed,
    }
    found = {name: lines for name, lines in found.items() if lines}
    assert not found, found
