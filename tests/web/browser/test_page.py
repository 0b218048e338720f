"""The page itself: what it says, how it announces, what it remembers, and what it forgets."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from browsing import Person
from playwright.sync_api import BrowserContext, expect

TOGETHER = 3


def test_what_it_is(person: Person) -> None:
    """The page says what the trial is, that it is closed, and that this is a program and no doctor."""
    about = person.page.locator(".about")
    expect(about).to_contain_text("closed and takes no one")
    expect(about).to_contain_text("A program, not a doctor")
    expect(person.page.locator(".composer").get_by_role("link", name="Call 112")).to_have_attribute("href", "tel:112")


def test_announced_once(person: Person) -> None:
    """Each message is given to the live region exactly once, and not changed in it."""
    person.say("did it work?")
    person.press(person.titles[0])
    person.say("my husband has chest pain")
    person.page.evaluate("dispatchEvent(new Event('online'))")
    person.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    person.page.wait_for_timeout(500)
    announced = person.page.evaluate("announced")
    assert list(announced.values()) == [1] * 2 * TOGETHER
    assert person.page.evaluate("changed") == []
    expect(person.page.locator("[aria-live]")).to_have_count(1)


def test_focus_stays(person: Person) -> None:
    """An arriving message does not take the focus from where it is."""
    person.say("did it work?")
    expect(person.field).to_be_focused()
    person.press(person.titles[0])
    expect(person.page.locator(".choices")).to_be_focused()


def test_what_is_typed_stays(person: Person) -> None:
    """What is being typed when an answer arrives is not lost."""
    person.field.fill("did it work?")
    person.page.keyboard.press("Enter")
    person.field.press_sequentially("and the side eff")
    expect(person.guide).to_have_count(2)
    expect(person.field).to_have_value("and the side eff")


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize(
    ("question", "alternative"),
    [
        ("did it work?", "Bars of how many in every 100 people"),
        ("what were the side effects?", "Two fields of 100 squares"),
        ("which centre is nearest to Bergamo?", "A map of Italy"),
    ],
)
def test_pictures(open_page: Callable[..., Person], width: int, question: str, alternative: str) -> None:
    """An answer shows its picture as large as the message, says it in words, and leads to the numbers."""
    person = open_page(viewport={"width": width, "height": 800})
    person.say(question)
    picture = person.guide.last.get_by_role("img", name=alternative)
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("picture => picture.naturalWidth") > 0
    box, around = picture.bounding_box(), person.guide.last.locator(".words").bounding_box()
    assert box
    assert around
    assert box["width"] >= min(around["width"], 360) - 4
    assert person.page.evaluate("document.documentElement.scrollWidth") <= width
    with person.page.expect_popup() as opened:
        person.guide.last.get_by_role("link", name="The same as a table").click()
    expect(opened.value.get_by_role("table")).to_be_visible()


def test_first_buttons(person: Person) -> None:
    """Before anything is said, the page offers what most people come for."""
    assert person.titles == ["What was the trial for?", "What came out of it?", "Check the rules with me"]
    assert "Question 1" in person.press("Check the rules with me")


def test_telephone_numbers(person: Person) -> None:
    """A telephone number in an answer can be tapped."""
    person.say("who can I call?")
    number = person.guide.last.get_by_role("link").first
    assert (number.get_attribute("href") or "").startswith("tel:+39")


def test_emergency(person: Person) -> None:
    """In an emergency there is one thing to press: the call."""
    person.say("my husband has chest pain")
    call = person.guide.last.get_by_role("link", name="Call 112")
    expect(call).to_have_attribute("href", "tel:112")
    expect(person.choices).to_have_count(0)


def test_nothing_typed(person: Person) -> None:
    """An empty message is not sent; the field says why."""
    person.page.get_by_role("button", name="Send").click()
    expect(person.own).to_have_count(0)
    assert person.field.evaluate("field => field.validationMessage") == "Please write something first."


def test_words_are_shown_as_typed(person: Person) -> None:
    """Signs that mean something in HTML mean nothing in a message, also after a reload."""
    person.say("<b>did</b> it work? <img src=x>")
    expect(person.own.locator(".words")).to_have_text("<b>did</b> it work? <img src=x>")
    person.page.reload()
    expect(person.own.locator(".words")).to_have_text("<b>did</b> it work? <img src=x>")


def test_reload_restores(person: Person) -> None:
    """After a reload the conversation goes on where it was, in the middle of a pre-screening too."""
    person.say("Check the rules with me")
    person.say("72")
    asked, messages = person.asked, person.guide.count()
    person.page.reload()
    expect(person.guide).to_have_count(messages)
    assert person.asked == asked
    person.press("Woman")
    assert "Question 3" in (person.asked or "")


def test_start_over_forgets(person: Person, address: str) -> None:
    """After starting over nothing of before is there, and its cookie is worth nothing."""
    person.say("did it work?")
    before = person.page.context.cookies()
    person.page.locator(".menu summary").click()
    person.page.get_by_role("button", name="Start over").click()
    person.page.get_by_role("button", name="Yes, start over").click()
    expect(person.own).to_have_count(0)
    expect(person.guide).to_have_count(1)
    assert person.page.context.cookies() != before
    person.page.reload()
    expect(person.own).to_have_count(0)
    person.page.context.add_cookies([cookie_at(cookie, address) for cookie in before])
    person.page.reload()
    expect(person.own).to_have_count(0)


def cookie_at(cookie: object, address: str) -> object:
    """A cookie as it can be given back to the browser."""
    return {**dict(cookie), "domain": urlsplit(address).hostname}  # type: ignore[call-overload]


def test_start_over_can_be_called_off(person: Person) -> None:
    """Nothing is forgotten when the question is answered with no, or by Escape; the focus goes back to the menu."""
    person.say("did it work?")
    for say_no in (
        lambda: person.page.get_by_role("button", name="No, go back").click(),
        lambda: person.page.keyboard.press("Escape"),
    ):
        person.page.locator(".menu summary").click()
        person.page.get_by_role("button", name="Stop and delete").click()
        expect(person.page.get_by_role("dialog")).to_be_visible()
        say_no()
        expect(person.page.get_by_role("dialog")).to_be_hidden()
        expect(person.page.locator(".menu summary")).to_be_focused()
    expect(person.own).to_have_count(1)


def test_delete_deletes(person: Person) -> None:
    """“Stop and delete” erases all; a reload begins a new chat."""
    person.say("did it work?")
    person.page.locator(".menu summary").click()
    person.page.get_by_role("button", name="Stop and delete").click()
    person.page.get_by_role("button", name="Yes, delete all").click()
    expect(person.page.locator(".note")).to_have_text(
        "Your messages and answers are deleted, with anything you shared from this chat."
    )
    expect(person.page.locator(".message")).to_have_count(0)
    assert person.page.evaluate("sessionStorage.length") == 0
    assert person.page.context.cookies() == []
    person.page.get_by_role("button", name="Start a new chat").click()
    expect(person.guide).to_have_count(1)
    person.say("did it work?")
    person.page.reload()
    expect(person.own).to_have_count(1)


def test_no_third_party(new_context: Callable[..., BrowserContext], address: str) -> None:
    """Everything comes from one origin."""
    context = new_context()
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.goto(address)
    Person(page).say("did it work?")
    origin = urlsplit(address).netloc
    assert {urlsplit(url).netloc for url in asked if not url.startswith("data:")} == {origin}


def test_two_tabs(person: Person, address: str) -> None:
    """Two tabs show the same conversation: what is said in one is in the other, once."""
    other = Person(person.page.context.new_page())
    other.page.goto(address)
    person.say("did it work?")
    expect(other.guide).to_have_count(2)
    other.say("who can I call?")
    expect(person.guide).to_have_count(3)
    assert person.page.locator(".message .words").all_inner_texts() == (
        other.page.locator(".message .words").all_inner_texts()
    )
    assert set(person.page.evaluate("announced").values()) == {1}


def test_start_over_in_the_other_tab(person: Person, address: str) -> None:
    """Starting over in one tab forgets in the other as well."""
    other = Person(person.page.context.new_page())
    other.page.goto(address)
    person.say("did it work?")
    expect(other.own).to_have_count(1)
    other.page.locator(".menu summary").click()
    other.page.get_by_role("button", name="Start over").click()
    other.page.get_by_role("button", name="Yes, start over").click()
    expect(person.own).to_have_count(0)
    expect(person.guide).to_have_count(1)
