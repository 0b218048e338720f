"""With scripting off, plain forms hold the same conversation page by page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from browsing import Console, Person
from playwright.sync_api import expect
from usual_answers import answer


class Plain(Person):
    """Somebody whose browser runs no scripts: Enter is only a new line."""

    def say(self, text: str) -> str:
        """Types a message and presses the button; the answer to it."""
        self.field.fill(text)
        return self.answered(self.page.locator(".send").click)


@pytest.fixture
def person(open_page: Callable[..., Person]) -> Plain:
    """Somebody whose browser runs no scripts."""
    return Plain(open_page(java_script_enabled=False).page)


def test_a_question(person: Person) -> None:
    """A question is answered; a button asks the next."""
    assert "Sorafenib did not" in person.say("did it work?")
    title = person.titles[0]
    person.press(title)
    expect(person.own.last.locator(".words")).to_have_text(title)
    assert "?" not in person.page.url


def test_the_newest_is_seen(open_page: Callable[..., Person]) -> None:
    """After each message the page is opened at the answer, with its picture, and says when in a few letters."""
    person = Plain(open_page(java_script_enabled=False, viewport={"width": 390, "height": 844}).page)
    person.say("what was the trial for?")
    person.say("did it work?")
    expect(person.guide.last).to_be_in_viewport()
    assert person.guide.last.get_by_text("Trial Guide").bounding_box()["y"] > 0  # type: ignore[index]
    picture = person.guide.last.get_by_role("img", name="Bars of how many in every 100 people")
    expect(picture).to_have_js_property("complete", True)
    assert len(person.guide.last.locator("time").inner_text()) == len("12:30")
    person.guide.last.get_by_role("link", name="The same as a table").click()
    expect(person.page.get_by_role("table")).to_contain_text("After 12 months")


def test_reload_says_nothing_twice(person: Person) -> None:
    """A reload of the page sends nothing again."""
    person.say("did it work?")
    person.page.reload()
    expect(person.own).to_have_count(1)


def test_prescreening(person: Person) -> None:
    """The questions of the pre-screening come with their number, the answers so far, and a way back."""
    person.say("Check the rules with me")
    for _ in range(4):
        said = answer(person.asked or "", person.titles)
        person.press(said) if said in person.titles else person.say(said)
    expect(person.page.locator(".question .progress")).to_contain_text("Question 5 of about")
    person.answered(person.page.get_by_role("button", name="Back", exact=True).click)
    assert "Question 4" in (person.asked or "")
    person.page.locator(".question summary").click()
    person.answered(person.page.get_by_role("button", name="Change: Age").click)
    assert "How old are you" in (person.asked or "")


def test_start_over(person: Person) -> None:
    """Starting over forgets."""
    person.say("did it work?")
    person.page.locator(".menu summary").click()
    person.page.get_by_role("button", name="Start over").click()
    expect(person.own).to_have_count(0)


def test_delete(person: Person) -> None:
    """Deleting says that it has been done, and leads to a new chat."""
    person.say("did it work?")
    person.page.locator(".menu summary").click()
    person.page.get_by_role("button", name="Stop and delete").click()
    expect(person.page.get_by_role("heading")).to_have_text("All deleted")
    person.page.get_by_role("link", name="Start a new chat").click()
    expect(person.own).to_have_count(0)


def test_nothing_typed(person: Person, console: Console) -> None:
    """An empty form says what to do."""
    console.expect("422")
    person.page.locator(".send").click()
    expect(person.page.locator("body")).to_contain_text("Please")
