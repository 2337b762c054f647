"""Working a page without a mouse."""

from playwright.sync_api import Locator


def tab_to(target: Locator, *, within: int = 150) -> None:
    """Moves the focus with the Tab key alone."""
    for _ in range(within):
        if target.evaluate("element => element === document.activeElement"):
            return
        target.page.keyboard.press("Tab")
    raise AssertionError(f"{target} is not reached by {within} presses of Tab")


def press(target: Locator, key: str = "Enter") -> None:
    tab_to(target)
    target.page.keyboard.press(key)


def write(target: Locator, text: str) -> None:
    """Types in place of what stands in a field."""
    tab_to(target)
    target.page.keyboard.press("ControlOrMeta+a")
    target.page.keyboard.type(text)
