"""WCAG 2.2 AA: axe finds nothing in any state; what axe cannot see is measured."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import Console, Person

from scripts.screenshots import STATES

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: Points of a target's width and height.
TARGET = 44
#: Links within a sentence may be as high as it is.
TARGETS = "button, summary, select, textarea, .call, .links a, figcaption a, .reminder a, .pill"


def violations(person: Person) -> list[str]:
    """What axe finds."""
    options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    found = Axe().run(person.page, options=options).response["violations"]
    return [f"{entry['id']}: {node['html'][:200]}" for entry in found for node in entry["nodes"]]


#: To axe these are the same as those of which only the screen is photographed.
DOUBLES = {"first-whole", "results-whole", "prescreen-result-whole"}


@pytest.mark.parametrize("name", [name for name, state in STATES.items() if state.scripting and name not in DOUBLES])
def test_axe(open_page: Callable[..., Person], console: Console, name: str) -> None:
    """Axe finds nothing in any state, light or dark, on a telephone."""
    console.expect("Failed to load resource")
    state = STATES[name]
    person = open_page(state.path, viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    state.show(person.page)
    for scheme in ("light", "dark"):
        person.page.emulate_media(color_scheme=scheme)
        assert violations(person) == [], scheme


@pytest.mark.parametrize("width", [320, 1280])
def test_targets(open_page: Callable[..., Person], width: int) -> None:
    """Whatever is pressed is at least 44 by 44 points."""
    person = open_page(viewport={"width": width, "height": 700})
    for text in ("Check the rules with me", "72", "Woman"):
        person.say(text)
    person.page.locator(".question summary").click()
    person.page.locator(".menu summary").click()
    for element in person.page.locator(TARGETS).all():
        box = element.bounding_box() if element.is_visible() else None
        if box:
            what = element.evaluate("element => element.outerHTML.slice(0, 80)")
            assert box["width"] >= TARGET, what
            assert box["height"] >= TARGET, what


def test_enlarged_four_times(open_page: Callable[..., Person]) -> None:
    """A desk enlarged four times is 320 by 256 points: nothing is cut off, and nothing sticks in the way."""
    person = open_page(viewport={"width": 320, "height": 256})
    person.say("list all the sites")
    assert person.page.evaluate("document.documentElement.scrollWidth") <= 320
    for part in (".top", ".composer"):
        assert person.page.locator(part).evaluate("part => getComputedStyle(part).position") == "static"


def test_text_enlarged(open_page: Callable[..., Person]) -> None:
    """Letters of twice the size fit on a telephone."""
    person = open_page(viewport={"width": 390, "height": 844})
    person.page.evaluate("document.documentElement.style.fontSize = '225%'")
    person.say("Check the rules with me")
    person.say("72")
    assert person.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_telephone_enlarged_twice(open_page: Callable[..., Person]) -> None:
    """A telephone enlarged twice has half the room: words stay whole, and nothing sticks in the way."""
    person = open_page(viewport={"width": 195, "height": 332})
    person.say("Check the rules with me")
    person.say("72")
    assert person.page.evaluate("document.documentElement.scrollWidth") <= 195
    for part in (".top", ".question", ".composer"):
        assert person.page.locator(part).evaluate("part => getComputedStyle(part).position") == "static"
    name = person.page.locator(".top h1").bounding_box()
    assert name
    assert name["height"] < 60


def test_reduced_motion(open_page: Callable[..., Person]) -> None:
    """Whoever asks for less motion sees none."""
    person = open_page(reduced_motion="reduce")
    person.page.route("**/messages", lambda route: None)
    person.field.fill("did it work?")
    person.page.keyboard.press("Enter")
    dot = person.page.locator(".typing span").first
    assert dot.evaluate("dot => getComputedStyle(dot).animationName") == "none"


def test_letters_are_large(person: Person) -> None:
    """Messages, buttons and the field are in letters of at least 18 points."""
    person.say("did it work?")
    for part in (".words p", ".choices button", "#field", ".who", ".reminder"):
        size = person.page.locator(part).first.evaluate("part => parseFloat(getComputedStyle(part).fontSize)")
        assert size >= 18, part


def test_focus_is_seen(open_page: Callable[..., Person]) -> None:
    """By the Tab key, every control shows that it has the focus, and is not hidden behind another."""
    person = open_page(reduced_motion="reduce")  # nothing is on its way while it is looked at
    person.say("did it work?")
    for _ in range(12):
        person.page.keyboard.press("Tab")
        seen = person.page.evaluate(
            """() => {
              const active = document.activeElement;
              if (active === document.body) return true;
              const { top, left, width, height } = active.getBoundingClientRect();
              const above = document.elementFromPoint(left + width / 2, top + height / 2);
              const seen = above && (active.contains(above) || above.contains(active));
              return seen && getComputedStyle(active).outlineStyle !== "none";
            }"""
        )
        assert seen, person.page.evaluate("document.activeElement.outerHTML.slice(0, 120)")


def test_language(person: Person) -> None:
    """The language is marked, of the page and of each message."""
    person.say("did it work?")
    assert person.page.locator("html").get_attribute("lang") == "en"
    assert person.guide.last.get_attribute("lang") == "en"
