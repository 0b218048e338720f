"""The first user of a console, made in the browser with the code that the start prints."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.console.browser.working import Colleague, Served
from tests.django_setup import PASSWORD
from tests.web.browser.browsing import Console

#: Nobody yet.
USERS: dict[str, str] = {}


def set_up(somebody: Colleague, code: str, password: str) -> None:
    """Fills in the form of the set-up, and sends it."""
    somebody.page.get_by_label("Set-up code").fill(code)
    somebody.page.get_by_label("Username").fill("ada")
    somebody.page.get_by_label("Password", exact=True).fill(password)
    somebody.page.get_by_label("Password confirmation").fill(password)
    somebody.press("Make the first user")


def test_first_user(clinic: Served, console: Console, opens: Callable[..., Colleague]) -> None:
    """Everybody is led to the set-up; a wrong code or a weak password makes nobody; the right code is good once."""
    ada, late = opens(), opens()
    assert ada.path == late.path == "account/set-up/"
    set_up(ada, "K7QF-M2XA-9TRB-H4WD", PASSWORD)
    expect(ada.wrong.first).to_contain_text("not the code that the last start has printed")
    set_up(ada, clinic.code, "password")
    expect(ada.wrong.first).to_contain_text("too")
    assert clinic.ask("SELECT count(*) FROM accounts_user") == [(0,)]
    set_up(ada, clinic.code.lower(), PASSWORD)
    assert ada.title == "Users"
    expect(ada.told).to_contain_text("You are the first user")
    expect(ada.rows).to_have_count(1)
    expect(ada.rows).to_contain_text("Administrator")
    console.expect("40[34]")
    set_up(late, clinic.code, PASSWORD)
    assert clinic.ask("SELECT username, role FROM accounts_user") == [("ada", "administrator")]
    assert late.open("account/set-up/") == 404
    late.open()
    assert late.title == "Log in"
    late.log_in("ada", PASSWORD)
    assert late.title == "Users"
