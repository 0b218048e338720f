"""An administrator: adds and takes away users, and sees nothing of anybody's health."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.console.browser.working import Colleague, Served
from tests.django_setup import PASSWORD
from tests.web.browser.browsing import Console

RECORDS = ({"outcome": "possible_match", "name": "Maria Verdi", "notes": ["Spoken with her."]},)
#: What would be somebody's health, or a way to it.
HEALTH = ("Verdi", "RS-", "Possible match", "Records", "Calendar", "Audit")


@pytest.fixture
def ada(opens: Callable[..., Colleague]) -> Colleague:
    """An administrator who has just logged in."""
    return opens("ada", "account/users/")


def test_invitation(ada: Colleague, opens: Callable[..., Colleague]) -> None:
    """Who is added gets a link, chooses a password by it in their own browser, and logs in; the link is good once."""
    ada.follow("Add a user")
    ada.page.get_by_label("Username").fill("nora")
    ada.page.get_by_label("Role").select_option("Coordinator")
    ada.press("Add")
    link = ada.page.locator("code").inner_text()
    assert "nora" not in link
    nora = opens()
    nora.page.goto(link)
    assert nora.title == "Choose your password"
    for new in ("nora", "a passphrase of my own"):
        nora.page.get_by_label("New password", exact=True).fill(new)
        nora.page.get_by_label("New password confirmation").fill(new)
        nora.press("Keep this password")
    expect(nora.told).to_contain_text("Please log in with it")
    nora.log_in("nora", "a passphrase of my own")
    assert nora.title == "Records"
    late = opens()
    late.page.goto(link)
    assert "not good any more" in late.text
    ada.follow("To the users")
    expect(ada.rows.filter(has_text="nora")).to_contain_text("Active")


def test_deactivated(ada: Colleague, opens: Callable[..., Colleague]) -> None:
    """Who is deactivated is logged out at once and cannot log in, and stays in the list."""
    luca = opens("luca")
    assert luca.title == "Records"
    ada.follow("luca")
    ada.press("Deactivate")
    expect(ada.told).to_contain_text("The user was deactivated")
    luca.open()
    assert luca.title == "Log in"
    luca.log_in("luca", PASSWORD)
    expect(luca.wrong).to_contain_text("not right")
    ada.follow("To the users")
    expect(ada.rows.filter(has_text="luca")).to_contain_text("Deactivated")


def test_begins_with_the_users(opens: Callable[..., Colleague]) -> None:
    """Whoever logs in as an administrator at the console's first address comes to what they may see."""
    ada = opens()
    ada.log_in("ada", PASSWORD)
    assert ada.title == "Users"


@pytest.mark.parametrize(
    "path", ["account/users/", "account/users/new/", "account/password/", "account/second-factor/"]
)
def test_own_pages_have_no_health_data(ada: Colleague, path: str) -> None:
    """On none of their pages is anything of a record, nor a way to one."""
    assert ada.open(path) == 200
    ada.page.locator(".menu summary").click()
    body = ada.page.locator("body").inner_text()
    assert not [word for word in HEALTH if word in body]


@pytest.mark.parametrize(
    "path",
    [
        "",
        "records/{id}/",
        "records/{id}/judge-again/",
        "records/{id}/delete/",
        "calendar/",
        "numbers/",
        "numbers.csv",
        "audit/",
        "hand-over/prescreenings.csv",
        "hand-over/prescreenings/{id}.pdf",
        "hand-over/api/prescreenings/",
        "hand-over/api/prescreenings/{id}/",
        "account/tokens/",
    ],
)
def test_health_data_is_denied(clinic: Served, ada: Colleague, path: str) -> None:
    """Every page of records is refused, and what is shown instead has nothing of them."""
    response = ada.page.request.get(ada.address + path.format(id=clinic.seed.records[0]["id"]), max_redirects=0)
    assert response.status in (302, 403)
    assert not [word for word in ("Verdi", "RS-", "Possible match") if word in response.text()]


def test_refused_kindly(ada: Colleague, console: Console) -> None:
    """A refused page says so, and leads on."""
    console.expect("403")
    assert ada.open("calendar/") == 403
    assert ada.title == "This is not for you"
