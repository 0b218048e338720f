"""WCAG 2.2 AA on every page of the console: axe, the narrowest screen, the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from scripts.console_pictures import CONSOLE, ConsoleState
from scripts.console_pictures import RECORDS as SHOWN_RECORDS
from tests.console.browser.working import Colleague, Served
from tests.django_setup import PASSWORD
from tests.web.browser.browsing import Console

USERS = {"carla": "coordinator", "luca": "lead", "ada": "administrator", "nina": "coordinator"}
RECORDS = SHOWN_RECORDS
COUNTED = True
#: Points of a target's width and height.
TARGET = 44
TARGETS = (
    "button, summary, select, textarea, input:not([type=hidden]):not([type=checkbox]), .check, .plain, .pill, .places a"
)


def shown(clinic: Served, opens: Callable[..., Colleague], state: ConsoleState, **options: object) -> Colleague:
    """Brings a page about, as the pictures show it."""
    colleague = opens(state.user, "account/log-in/" if not state.user else "account/password/", **options)
    colleague.open(state.path.format(id=clinic.seed.records[state.record]["id"]))
    state.show(colleague.page)
    return colleague


@pytest.mark.parametrize("name", CONSOLE)
def test_axe_and_width(clinic: Served, opens: Callable[..., Colleague], console: Console, name: str) -> None:
    """Axe finds nothing on any page, light or dark, wide or narrow; at 320 pixels nothing is scrolled sideways."""
    console.expect("Failed to load resource")
    colleague = shown(clinic, opens, CONSOLE[name], viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    for width in (1280, 320):
        colleague.page.set_viewport_size({"width": width, "height": 800})
        for scheme in ("light", "dark"):
            colleague.page.emulate_media(color_scheme=scheme)
            assert colleague.violations() == [], (width, scheme)
        assert colleague.too_wide <= 0, width


@pytest.mark.parametrize("name", CONSOLE)
def test_targets(clinic: Served, opens: Callable[..., Colleague], console: Console, name: str) -> None:
    """Whatever is pressed or filled in is at least 44 by 44 points on a telephone."""
    console.expect("Failed to load resource")
    colleague = shown(clinic, opens, CONSOLE[name], viewport={"width": 390, "height": 844})
    for element in colleague.page.locator(TARGETS).all():
        box = element.bounding_box() if element.is_visible() else None
        if box:
            what = element.evaluate("element => element.outerHTML.slice(0, 80)")
            assert box["width"] >= TARGET, what
            assert box["height"] >= TARGET, what


def test_on_a_telephone_every_number_is_seen(clinic: Served, opens: Callable[..., Colleague]) -> None:
    """No column of the numbers is cut off on a telephone."""
    luca = opens("luca", "numbers/?period=90", viewport={"width": 390, "height": 844})
    regions = luca.page.locator(".two .scroll")
    assert regions.count() >= 4
    for region in regions.all():
        cut = region.evaluate("region => region.scrollWidth - region.clientWidth")
        assert cut <= 0, region.inner_text()


@pytest.mark.parametrize("path", ["account/log-in/", "account/second-factor/"])
def test_what_has_the_focus_covers_no_words(opens: Callable[..., Colleague], path: str) -> None:
    """The outline of a field leaves the words above it free: the label, the hint, what is wrong."""
    page = opens("" if "log-in" in path else "ada", path).page
    if "log-in" in path:
        page.get_by_label("Username").fill("nobody")
        page.get_by_label("Username").press("Enter")
    else:
        page.get_by_role("button", name="Set it up").or_(page.get_by_label("Code")).first.click()
    gaps = page.locator(".field :is(.hint, .errorlist) + :is(input, select, textarea)").evaluate_all(
        "fields => fields.map(field => field.getBoundingClientRect().top"
        " - field.previousElementSibling.getBoundingClientRect().bottom)"
    )
    assert gaps
    # The outline: 3 wide, and as far away.
    assert min(gaps) >= 6


def test_telephone_enlarged_twice(clinic: Served, opens: Callable[..., Colleague]) -> None:
    """A telephone enlarged twice has half the room: still nothing is scrolled sideways."""
    luca = opens("luca", viewport={"width": 195, "height": 422})
    record = clinic.seed.path(0)
    for path in ("", record, f"{record}judge-again/", f"{record}delete/", "calendar/", "numbers/", "audit/"):
        luca.open(path)
        for reference in luca.page.locator(".reference").all():
            # The widest there is, whichever this record has.
            reference.evaluate("element => { element.textContent = 'RS-WWWW-WW' }")
        assert luca.too_wide <= 0, path


def test_by_keyboard(clinic: Served, opens: Callable[..., Colleague]) -> None:
    """Log in, open a record, write a note: without a mouse, and the focus is always seen."""
    nina = opens()
    keyboard = nina.page.keyboard

    def into(page: str, key: str = "Enter") -> None:
        with nina.page.expect_navigation():
            keyboard.press(key)
        assert nina.title == page

    if not nina.page.get_by_label("Username").evaluate("field => field === document.activeElement"):
        nina.tab_to("Username")
    keyboard.type("nina")
    nina.tab_to("Password")
    keyboard.type(PASSWORD)
    into("Records")
    reference = nina.references[0]
    for name in ("Skip to the content", reference):
        nina.tab_to(name)
        assert nina.page.evaluate(SEEN), name
    into(reference)
    nina.tab_to("New note")
    assert nina.page.evaluate(SEEN)
    keyboard.type("By keyboard alone.")
    nina.tab_to("Save the note")
    assert nina.page.evaluate(SEEN)
    into(reference)
    expect(nina.page.locator(".notes li").last).to_contain_text("By keyboard alone.")


def test_skip(clinic: Served, opens: Callable[..., Colleague]) -> None:
    """The first stop of the Tab key leads past the navigation to the content."""
    luca = opens("luca")
    luca.page.keyboard.press("Tab")
    expect(luca.link("Skip to the content")).to_be_focused()
    luca.page.keyboard.press("Enter")
    luca.page.keyboard.press("Tab")
    assert luca.page.evaluate("document.activeElement.closest('main') !== null")


def test_without_scripting(clinic: Served, opens: Callable[..., Colleague]) -> None:
    """The console needs no scripts at all: a note is written without."""
    nina = opens("nina", clinic.seed.path(1), java_script_enabled=False)
    nina.page.get_by_label("New note").fill("Without scripts.")
    nina.press("Save the note")
    expect(nina.page.locator(".notes li").last).to_contain_text("Without scripts.")


#: Whether what has the focus is on the screen, not hidden behind another, and outlined.
SEEN = """() => {
  const active = document.activeElement;
  const { top, left, width, height } = active.getBoundingClientRect();
  const above = document.elementFromPoint(left + width / 2, top + Math.min(height, innerHeight) / 2);
  const seen = above && (active.contains(above) || above.contains(active));
  return Boolean(seen) && getComputedStyle(active).outlineStyle !== "none";
}"""
