"""The head of every page as a person works it: what folds is opened first."""

from playwright.sync_api import Page


def choose_day(page: Page, day: str) -> None:
    """Opens the day of the page and puts another into its field."""
    page.locator("header .day > summary").click()
    page.get_by_label("截至", exact=True).fill(day)


def look_for(page: Page, words: str) -> None:
    """Opens the search and asks for words."""
    page.locator("header .seek > summary").click()
    page.get_by_role("banner").get_by_role("searchbox").fill(words)
    page.locator("header form.find button").click()


def open_kinds(page: Page) -> None:
    """Opens the lists of commitments of one kind."""
    page.locator("header .kinds > summary").click()
