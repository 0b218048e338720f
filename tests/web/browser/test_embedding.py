"""The chat as a button in the corner of a clinic's page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from browsing import Person
from playwright.sync_api import FrameLocator, expect

OPEN = "Ask about the trial"


@pytest.fixture
def person(open_page: Callable[..., Person]) -> Person:
    """Somebody on the clinic's page."""
    return open_page("demo")


def opened(person: Person) -> FrameLocator:
    """The chat, once the button has been pressed."""
    person.page.get_by_role("button", name=OPEN).click()
    frame = person.page.frame_locator(f"iframe[title='{OPEN}']")
    expect(frame.locator(".message.guide")).to_have_count(1)
    # The greeting comes with the page; what listens to keys and what tells a screen reader come a moment later.
    expect(frame.get_by_role("log")).to_have_attribute("aria-live", "polite")
    return frame


def ask(frame: FrameLocator, text: str) -> None:
    """Asks in the frame, and waits for the answer."""
    before = frame.locator(".message.guide").count()
    frame.get_by_role("textbox").fill(text)
    frame.get_by_role("textbox").press("Enter")
    expect(frame.locator(".message.guide")).to_have_count(before + 1)


def test_a_question(person: Person) -> None:
    """The button opens the chat, which answers; the frame of the page is asked for only then."""
    expect(person.page.locator("iframe[src]")).to_have_count(0)
    frame = opened(person)
    ask(frame, "did it work?")
    expect(frame.locator(".message.guide").last).to_contain_text("Sorafenib did not")


def test_escape(person: Person) -> None:
    """Escape closes the chat, inside the frame or outside it, and the focus returns to the button."""
    button = person.page.get_by_role("button", name=OPEN)
    frame = opened(person)
    frame.get_by_role("textbox").press("Escape")
    expect(person.page.locator("iframe")).to_be_hidden()
    expect(button).to_be_focused()
    button.press("Enter")
    expect(person.page.get_by_role("button", name="Close the chat")).to_be_focused()
    person.page.keyboard.press("Escape")
    expect(button).to_be_focused()


def test_reload_restores(person: Person) -> None:
    """After a reload of the clinic's page the conversation goes on."""
    ask(opened(person), "did it work?")
    person.page.reload()
    person.page.get_by_role("button", name=OPEN).click()
    frame = person.page.frame_locator("iframe")
    expect(frame.locator(".message.guide")).to_have_count(2)
    ask(frame, "who can I call?")


def test_start_over(person: Person) -> None:
    """Starting over forgets, also after a reload."""
    frame = opened(person)
    ask(frame, "did it work?")
    frame.locator(".menu summary").click()
    frame.get_by_role("button", name="Start over").click()
    frame.get_by_role("button", name="Yes, start over").click()
    expect(frame.locator(".message")).to_have_count(1)
    ask(frame, "who can I call?")
    person.page.reload()
    person.page.get_by_role("button", name=OPEN).click()
    expect(person.page.frame_locator("iframe").locator(".message.person")).to_have_count(1)


def test_delete(person: Person) -> None:
    """Deleting erases the conversation of the frame."""
    frame = opened(person)
    ask(frame, "did it work?")
    frame.locator(".menu summary").click()
    frame.get_by_role("button", name="Stop and delete").click()
    frame.get_by_role("button", name="Yes, delete all").click()
    expect(frame.locator(".note")).to_be_visible()
    person.page.reload()
    person.page.get_by_role("button", name=OPEN).click()
    expect(person.page.frame_locator("iframe").locator(".message")).to_have_count(1)


def test_own_look(person: Person) -> None:
    """The clinic's style does not reach the button: its capitals stay outside."""
    button = person.page.get_by_role("button", name=OPEN)
    assert button.evaluate("button => getComputedStyle(button).textTransform") == "none"


def test_no_cookie(person: Person) -> None:
    """Embedded, the chat needs no cookie."""
    ask(opened(person), "did it work?")
    assert person.page.context.cookies() == []
