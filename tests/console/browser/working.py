"""Somebody of the clinic at the console, and the console as it is served."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, Response

from accounts.codes import new_code
from scripts.console_pictures import console_served
from scripts.serve import SET_UP_GROUPS
from tests.console.browser.seeding import Seed

#: Milliseconds in which a page has to be there.
SHOWN = 20_000
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass(frozen=True)
class Served:
    """A console that runs, as `make run` starts it.

    Attributes:
        address: of its first page.
        code: lets somebody be the first user.
        seed: what there was when it started.
    """

    address: str
    folder: Path
    code: str
    seed: Seed

    @property
    def log(self) -> str:
        """What it has written down."""
        return (self.folder / "logs" / "console.log").read_text()

    def change(self, sql: str, *values: Any) -> int:
        """Changes its database behind its back; how many rows."""
        with closing(sqlite3.connect(self.folder / "records.db", timeout=20)) as database, database:
            return database.execute(sql, values).rowcount

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of its database."""
        with closing(sqlite3.connect(self.folder / "records.db", timeout=20)) as database:
            return database.execute(sql, values).fetchall()


@contextmanager
def served(folder: Path, seed: Seed) -> Iterator[Served]:
    """Serves the console of a data folder for a while."""
    code = new_code(SET_UP_GROUPS)
    with console_served(folder, code) as address:
        console = Served(address, folder, code, seed)
        yield console
    assert "Error" not in console.log


class Colleague:
    """Somebody of the clinic, in a browser of their own."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.wrong = page.locator(".wrong, .errorlist")
        self.told = page.locator(".messages")
        self.rows = page.locator("main tbody tr")

    def open(self, path: str = "") -> int:
        """Goes to an address; the status of what is there."""
        response = self.page.goto(self.address + path)
        assert response
        return response.status

    def log_in(self, name: str, password: str) -> None:
        """Fills in the form of the login, and sends it."""
        self.page.get_by_label("Username").fill(name)
        self.page.get_by_label("Password").fill(password)
        self.press("Log in")

    def press(self, name: str) -> Response:
        """Presses a button that sends a form; the answer to it, where it leads."""
        with self.page.expect_navigation() as went:
            self.button(name).click()
        assert went.value
        return went.value

    def follow(self, name: str) -> Response:
        """Follows a link to another page."""
        with self.page.expect_navigation() as went:
            self.link(name).first.click()
        assert went.value
        return went.value

    def button(self, name: str) -> Locator:
        """A button."""
        return self.page.get_by_role("button", name=name, exact=True)

    def link(self, name: str) -> Locator:
        """A link."""
        return self.page.get_by_role("link", name=name, exact=True)

    @property
    def title(self) -> str:
        """The heading of the page."""
        return re.sub(r"\s+", " ", self.page.locator("h1").inner_text())

    @property
    def text(self) -> str:
        """All that can be read on the page."""
        return self.page.locator("main").inner_text()

    @property
    def path(self) -> str:
        """Which page it is, after the console's address."""
        return self.page.url.removeprefix(self.address)

    @property
    def references(self) -> list[str]:
        """The records of a list, from above."""
        return self.page.locator("tbody .reference").all_inner_texts()

    @property
    def too_wide(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - innerWidth"))

    def violations(self) -> list[str]:
        """What axe finds."""
        options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
        found = Axe().run(self.page, options=options).response["violations"]
        return [f"{entry['id']}: {node['html'][:200]}" for entry in found for node in entry["nodes"]]

    def tab_to(self, name: str) -> None:
        """Moves the focus by the Tab key until it is on a control with this name."""
        for _ in range(120):
            self.page.keyboard.press("Tab")
            if self.page.evaluate(FOCUSED) == name:
                return
        raise AssertionError(f"The Tab key does not lead to “{name}”.")


#: The name of what has the focus.
FOCUSED = """() => {
  const active = document.activeElement;
  const label = active.labels?.[0];
  return (active.ariaLabel ?? (label ?? active).textContent).trim();
}"""
