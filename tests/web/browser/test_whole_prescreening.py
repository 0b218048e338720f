"""The pre-screening on the page: by mouse, by keyboard, on a telephone."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import pytest
from browsing import Person
from playwright.sync_api import Page, expect
from usual_answers import UNKNOWN, answer

START = "Check the rules with me"
#: There are fewer questions than this.
TURNS = 60


def send(person: Person, text: str) -> None:
    """Types into the field, and presses the button beside it."""
    person.field.fill(text)
    person.page.get_by_role("button", name="Send").click()


def to_the_end(person: Person, press: Callable[[str], object], type_in: Callable[[str], object]) -> None:
    """Answers every question, by a button where there is one."""
    for _ in range(TURNS):
        if person.asked is None:
            return
        said = answer(person.asked, person.titles)
        person.answered(partial(press if said in person.titles else type_in, said))
    pytest.fail("The questions do not end.")


def test_by_mouse(open_page: Callable[..., Person]) -> None:
    """A whole pre-screening by mouse ends in a result that can be printed."""
    person = open_page(reduced_motion="reduce")  # a mouse need not wait until the page has come to rest
    person.say(START)
    to_the_end(
        person,
        lambda title: person.page.locator(".choices").get_by_role("button", name=title, exact=True).click(),
        lambda text: send(person, text),
    )
    assert "This is not a decision" in person.last
    expect(person.page.get_by_role("button", name="Summary as a PDF")).to_be_visible()
    expect(person.page.locator(".question progress")).to_be_hidden()
    with person.page.expect_popup() as opened:
        person.page.get_by_role("button", name="Summary to print").click()
    expect(opened.value.locator("dd").first).to_have_text("72")


def tab_to(page: Page, name: str) -> None:
    """Moves the focus by the Tab key until it is on a control with this name."""
    for key in ("Tab", "Shift+Tab"):
        for _ in range(80):
            page.keyboard.press(key)
            if page.evaluate("(document.activeElement.ariaLabel ?? document.activeElement.textContent).trim()") == name:
                return
    pytest.fail(f"The Tab key does not lead to “{name}”.")


def test_by_keyboard(person: Person) -> None:
    """A whole pre-screening needs no mouse: buttons by Tab and Enter, words by typing."""
    page = person.page

    def press(title: str) -> None:
        tab_to(page, title)
        page.keyboard.press("Enter")

    def type_in(text: str) -> None:
        for _ in range(80):
            if page.evaluate("document.activeElement.id") == "field":
                break
            page.keyboard.press("Tab")
        page.keyboard.type(text)
        page.keyboard.press("Enter")

    person.answered(lambda: type_in(START))
    to_the_end(person, press, type_in)
    assert "This is not a decision" in person.last


def test_at_320_pixels(open_page: Callable[..., Person]) -> None:
    """On the narrowest screen a whole pre-screening works by touch, and nothing has to be scrolled sideways."""
    person = open_page(viewport={"width": 320, "height": 640}, has_touch=True, is_mobile=True, reduced_motion="reduce")

    def press(title: str) -> None:
        person.page.locator(".choices").get_by_role("button", name=title, exact=True).tap()
        assert person.page.evaluate("document.documentElement.scrollWidth") <= 320

    def type_in(text: str) -> None:
        person.field.tap()
        person.page.keyboard.type(text)
        person.page.get_by_role("button", name="Send").tap()

    person.say(START)
    to_the_end(person, press, type_in)
    assert "This is not a decision" in person.last


def test_progress(person: Person) -> None:
    """The bar tells the number of the question, and goes on with it."""
    place, bar = person.page.locator(".question p"), person.page.get_by_role("progressbar")
    person.say(START)
    expect(place).to_have_text(re.compile(r"^Question 1 of about \d+$"))
    person.say("72")
    expect(place).to_have_text(re.compile(r"^Question 2 of about \d+$"))
    assert bar.evaluate("bar => bar.value") == 1


def test_keyboards(person: Person) -> None:
    """A number brings up the keys for numbers, words those for letters, and one can choose letters."""
    assert person.field.get_attribute("inputmode") == "text"
    person.say(START)
    expect(person.field).to_have_attribute("inputmode", "numeric")
    person.say("72")
    expect(person.field).to_have_attribute("inputmode", "text")


def test_letters_instead_of_digits(open_page: Callable[..., Person]) -> None:
    """On a telephone words can be written where a number is asked."""
    person = open_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    person.say(START)
    person.page.get_by_role("button", name="Write words instead").tap()
    expect(person.field).to_have_attribute("inputmode", "text")
    expect(person.field).to_be_focused()
    assert "The rules asked for" in person.say("why do you ask?")


def test_back(person: Person) -> None:
    """The back button asks the question before again."""
    person.say(START)
    first = person.asked
    person.say("72")
    person.answered(person.page.get_by_role("button", name="Back", exact=True).click)
    assert person.asked == first


def test_why(person: Person) -> None:
    """A button tells why a question is asked, and asks it again."""
    person.say(START)
    question = person.asked
    told = person.answered(person.page.get_by_role("button", name="Why do you ask?").click)
    assert "The rules asked for" in told
    assert person.asked == question


def test_dont_know(person: Person) -> None:
    """Not to know is an answer."""
    person.say(START)
    first = person.asked
    person.press(UNKNOWN)
    assert person.asked != first


def test_change_an_answer(person: Person) -> None:
    """The list of answers so far leads back to any of them; the others stay."""
    person.say(START)
    person.say("72")
    person.press("Woman")
    person.page.locator(".question summary").click()
    answers = person.page.locator(".question li")
    expect(answers).to_have_text([re.compile("Age 72"), re.compile("Sex Woman")])
    person.answered(person.page.get_by_role("button", name="Change: Age").click)
    assert "How old are you" in (person.asked or "")
    person.say("73")
    person.page.locator(".question summary").click()
    expect(answers.filter(has_text="73")).to_have_count(1)
    expect(answers.filter(has_text="Woman")).to_have_count(1)


def test_unit_beside_the_field(person: Person) -> None:
    """A laboratory value has its unit beside the field, and is sent with it."""
    person.say(START)
    for _ in range(TURNS):
        if "haemoglobin" in (person.asked or ""):
            break
        person.say(answer(person.asked or "", person.titles))
    unit = person.page.get_by_label("Unit")
    expect(person.field).to_have_attribute("inputmode", "decimal")
    expect(unit).to_have_value("")
    unit.select_option("g/dL")
    person.say("13.5")
    expect(person.own.last.locator(".words")).to_have_text("13.5 g/dL")
    assert "13.5 g/dL" in person.last
