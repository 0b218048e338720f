"""A person at the patient's page, and what its console says."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import ConsoleMessage, Page, expect

#: Milliseconds in which an answer has to be there.
ANSWERED = 20_000


class Person:
    """Somebody at the page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.field = page.get_by_role("textbox")
        self.guide = page.locator(".message.guide")
        self.own = page.locator(".message.person")
        self.choices = page.locator(".choices button")

    def answered(self, act: Callable[[], Any]) -> str:
        """Does something, and waits for the one answer to it."""
        before = self.guide.count()
        act()
        expect(self.guide).to_have_count(before + 1, timeout=ANSWERED)
        return self.last

    def say(self, text: str) -> str:
        """Types a message; the answer to it."""

        def type_it() -> None:
            self.field.fill(text)
            self.page.keyboard.press("Enter")

        return self.answered(type_it)

    def press(self, title: str) -> str:
        """Presses a button under the last message; the answer to it."""
        return self.answered(self.page.locator(".choices").get_by_role("button", name=title, exact=True).click)

    @property
    def last(self) -> str:
        """What the guide said last."""
        return self.guide.last.locator(".words").inner_text()

    @property
    def titles(self) -> list[str]:
        """The buttons under the last message."""
        return [title.strip() for title in self.choices.all_inner_texts()]

    @property
    def asked(self) -> str | None:
        """The open question, or None."""
        asks = self.guide.last.get_attribute("class") or ""
        return self.guide.last.locator(".words > p").last.inner_text() if "asks" in asks.split() else None


class Console:
    """Errors in the console of all pages of a test."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.expected: list[str] = []

    def expect(self, pattern: str) -> None:
        """Says that a test brings such errors about on purpose."""
        self.expected.append(pattern)

    def heard(self, message: ConsoleMessage) -> None:
        """Keeps an error; Chromium reports a violation of the Content-Security-Policy as one."""
        if message.type in ("error", "warning"):
            self.errors.append(message.text)

    @property
    def unexpected(self) -> list[str]:
        """Those that no test has asked for."""
        return [error for error in self.errors if not any(re.search(known, error) for known in self.expected)]
