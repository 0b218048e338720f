"""Access for programs: tokens that a lead makes, shown once, and revokes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken

from accounts.models import Role
from tests.console.entering import audited
from tests.django_setup import PASSWORD, ClientOf

PAGE = "/account/tokens/"
INTERFACE = "/hand-over/api/questionnaire/"


@pytest.fixture
def lead(client_of: ClientOf) -> Any:
    """The browser of a lead."""
    return client_of(Role.LEAD)


def make(lead: Client, days: int = 7) -> str:
    """Makes a token."""
    return str(lead.post(PAGE, {"days": days}).context["made"])


def asked(token: str) -> int:
    """What the interface answers to a program with this token."""
    return Client().get(INTERFACE, headers={"authorization": f"Token {token}"}).status_code


def test_a_token_is_shown_once(lead: Client) -> None:
    """The new token is shown whole this once; the list shows how it begins and until when it is good."""
    token = make(lead)
    page = lead.get(PAGE).text
    assert token not in page
    assert token[:8] in page
    kept = AuthToken.objects.get()
    assert token not in (kept.digest, kept.token_key)
    assert timedelta(days=6, hours=23) < kept.expiry - timezone.now() <= timedelta(days=7)


def test_a_token_opens_the_interface(lead: Client) -> None:
    """A program with the token is let in; with another, or none, it is not."""
    token = make(lead)
    assert asked(token) == 200
    assert asked(token[:-1] + ("0" if token[-1] != "0" else "1")) == 401
    assert Client().get(INTERFACE).status_code == 401


def test_a_revoked_token_is_worth_nothing(lead: Any, client_of: ClientOf) -> None:
    """Revoked by whom it belongs to, and by nobody else, it opens nothing any more; both is audited."""
    token = make(lead)
    digest = AuthToken.objects.get().digest
    client_of(Role.LEAD).post("/account/tokens/revoke/", {"token": digest})
    assert asked(token) == 200
    lead.post("/account/tokens/revoke/", {"token": digest})
    assert asked(token) == 401
    name = lead.user.username
    assert [entry for entry in audited() if entry[1] == "token"] == [
        (name, "token", name, "made"),
        (name, "token", name, "revoked"),
    ]


def test_a_token_ends(lead: Client) -> None:
    """After its time it opens nothing, and is in no list."""
    token = make(lead)
    AuthToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    assert token[:8] not in lead.get(PAGE).text
    assert asked(token) == 401


@pytest.mark.parametrize("days", ["", "0", "100000", "-1", "x"])
def test_no_token_is_good_for_ever(lead: Client, days: str) -> None:
    """There are a few times to choose from, and no other."""
    response = lead.post(PAGE, {"days": days})
    assert "days" in response.context["form"].errors
    assert not AuthToken.objects.exists()


def test_there_are_not_many(lead: Client) -> None:
    """After five tokens one has to be revoked first."""
    for _ in range(5):
        make(lead)
    assert "Revoke one first" in lead.post(PAGE, {"days": 7}).text
    assert AuthToken.objects.count() == 5


def test_a_token_is_not_good_for_one_who_may_export_no_more(lead: Any) -> None:
    """The role decides each time."""
    token = make(lead)
    lead.user.role = Role.COORDINATOR
    lead.user.save()
    assert asked(token) == 403
    lead.user.is_active = False
    lead.user.save()
    assert asked(token) == 401


def test_another_password_revokes_the_tokens(lead: Client) -> None:
    """Who changes the password, for it may be known, leaves no token behind."""
    token = make(lead)
    assert asked(token) == 200
    another = "another Passw0rd, quite long"
    form = {"old_password": PASSWORD, "new_password1": another, "new_password2": another}
    assert lead.post("/account/password/", form).status_code == 302
    assert asked(token) == 401
    assert not AuthToken.objects.exists()
