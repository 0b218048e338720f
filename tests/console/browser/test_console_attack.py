"""Script wherever somebody can write: in an answer, a name, a note, a search, an address. All of it stays text."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.console.browser.working import Colleague, Served
from tests.web.browser.browsing import Console

#: Each would open a window, or be refused by the browser with an error, if it ever became part of the page.
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg/onload=alert(3)>"
TEMPLATE = "{{ 7|add:7 }}{% now 'Y' %}"
RECORDS = (
    {
        "outcome": "possible_match",
        "said": {"age_years": SCRIPT, "sex": TEMPLATE},
        "name": f"{SCRIPT} Maria",
        "email": "javascript:alert(4)//@x.example",
        "notes": [SCRIPT],
    },
)


def test_transcript_name_and_note(clinic: Served, opens: Callable[..., Colleague]) -> None:
    """What the person said, and what was noted, is read as it was written."""
    luca = opens("luca", clinic.seed.path(0))
    expect(luca.page.locator(".transcript")).to_contain_text(SCRIPT)
    expect(luca.page.locator(".transcript")).to_contain_text(TEMPLATE)
    expect(luca.page.locator(".rules q", has_text="<script>").first).to_be_visible()
    expect(luca.page.locator(".contact")).to_contain_text(f"{SCRIPT} Maria")
    expect(luca.page.locator(".notes")).to_contain_text(SCRIPT)
    for element in ("main script", "main img", "main svg[onload]", "[onerror]", "a[href^='javascript']"):
        expect(luca.page.locator(element)).to_have_count(0)
    luca.page.wait_for_timeout(300)


@pytest.mark.parametrize("field", ["New note", "Find by reference", "Reference or username", "Username"])
def test_typed(clinic: Served, opens: Callable[..., Colleague], console: Console, field: str) -> None:
    """What is typed comes back as text."""
    name, path, button = {
        "New note": ("carla", clinic.seed.path(0), "Save the note"),
        "Find by reference": ("carla", "", "Find"),
        "Reference or username": ("luca", "audit/", "Find"),
        "Username": ("ada", "account/users/new/", "Add"),
    }[field]
    somebody = opens(name, path)
    somebody.page.get_by_label(field).fill(f"{SCRIPT}{TEMPLATE} of {name}")
    somebody.press(button)
    shown = somebody.page.locator(".notes li").last if field == "New note" else somebody.page.get_by_label(field)
    said = shown.inner_text() if field == "New note" else shown.input_value()
    assert f"{SCRIPT}{TEMPLATE} of {name}" in said
    somebody.page.wait_for_timeout(200)
    assert "alert" not in somebody.page.url


def test_address(clinic: Served, opens: Callable[..., Colleague], console: Console) -> None:
    """An address with script in it is of no page, and is not repeated by the one that says so."""
    console.expect("404")
    carla = opens("carla")
    for path in (
        "?sort=<script>alert(1)</script>&outcome='--",
        "<script>alert(1)</script>/",
        "records/1/",
        "%2e%2e/etc",
    ):
        carla.open(path)
        assert "alert" not in carla.text
        assert "etc" not in carla.text


def test_policy(clinic: Served, opens: Callable[..., Colleague], console: Console) -> None:
    """Even if script came into a page, the browser would not run it; nor show the page in a frame of another."""
    carla = opens("carla", clinic.seed.path(0))
    console.expect("Content.Security.Policy")
    added = carla.page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.attacked = true";
          document.body.append(script);
          return window.attacked ?? null;
        }"""
    )
    assert added is None
    assert console.errors
    headers = carla.page.request.get(carla.page.url).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "no-store" in headers["cache-control"]


def test_a_forged_form(clinic: Served, opens: Callable[..., Colleague], console: Console) -> None:
    """A form that another site's page sends with the coordinator's browser changes nothing."""
    carla = opens("carla", clinic.seed.path(0))
    carla.page.goto("about:blank")
    before = clinic.ask("SELECT count(*) FROM records_note")
    console.expect("403")
    carla.page.set_content(
        f"""<form method="post" action="{carla.address}{clinic.seed.path(0)}note/"><input name="text" value="forged">
        <button>Win</button></form>"""
    )
    carla.press("Win")
    assert carla.title in ("Please send it again", "Log in")
    assert clinic.ask("SELECT count(*) FROM records_note") == before


def test_log_quotes_nobody(clinic: Served) -> None:
    """After all this, the log of the console has nothing of what was typed or said."""
    for part in ("alert", "Maria", clinic.seed.reference(0), "carla"):
        assert part not in clinic.log
