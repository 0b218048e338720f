"""Logging in and out, and how long it lasts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client, override_settings
from django.utils import timezone

from accounts.models import Role
from tests.console.entering import LOGIN, audited, log_in
from tests.django_setup import PASSWORD, ClientOf, new_user

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize(("role", "first"), [(Role.LEAD, "/"), (Role.ADMINISTRATOR, "/account/users/")])
def test_a_user_logs_in(role: Role, first: str) -> None:
    """Name and password lead to the first page of the role."""
    new_user(role, "anna")
    client = Client()
    response = log_in(client, "anna")
    assert (response.status_code, response["Location"]) == (302, first)
    assert client.get(first).status_code == 200
    assert audited()[0] == ("anna", "login", "anna", "")


def test_the_page_that_was_wanted_comes_next() -> None:
    """After the login, the page that was asked for is shown; never another site's."""
    new_user(Role.LEAD, "anna")
    for wanted, shown in (("/calendar/", "/calendar/"), ("https://evil.example/", "/"), ("//evil.example", "/")):
        response = Client().post(LOGIN, {"username": "anna", "password": PASSWORD, "next": wanted})
        assert response["Location"] == shown


@pytest.mark.parametrize("name", ["anna", "nobody", "gone", "invited"])
def test_nobody_learns_which_names_there_are(name: str) -> None:
    """Wrong password, no such user, deactivated, not yet with a password: the same page, word for word."""
    new_user(Role.LEAD, "anna")
    new_user(Role.LEAD, "gone", is_active=False)
    invited = new_user(Role.LEAD, "invited")
    invited.set_unusable_password()
    invited.save()
    password = PASSWORD if name in ("gone", "nobody") else "not the password"
    response = log_in(Client(), name, password)
    assert response.status_code == 200
    errors = response.context["form"].errors
    assert errors == {"__all__": ["Name or password is not right. Both are taken letter by letter, small and capital."]}


def test_a_wrong_password_is_audited_without_what_was_typed() -> None:
    """The trail names the user who was meant, and nothing where there is none: it may be a password."""
    new_user(Role.LEAD, "anna")
    log_in(Client(), "anna", "wrong")
    log_in(Client(), "my secret password", "anna")
    assert audited() == [("unknown", "login_failed", "anna", "password"), ("unknown", "login_failed", "", "password")]


def test_logging_out_ends_the_session() -> None:
    """After the logout, the cookie of before is worth nothing."""
    new_user(Role.LEAD, "anna")
    client = Client()
    log_in(client, "anna")
    kept = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert client.get("/account/log-out/").status_code == 405
    assert client.post("/account/log-out/")["Location"] == LOGIN
    client.cookies[settings.SESSION_COOKIE_NAME] = kept
    assert client.get("/").status_code == 302
    assert audited()[-1] == ("anna", "logout", "anna", "")


def session_of(client: Client) -> Session:
    """The session, as it is stored."""
    return Session.objects.get(pk=client.cookies[settings.SESSION_COOKIE_NAME].value)


def test_an_idle_session_ends(client_of: ClientOf) -> None:
    """Half an hour after the last page, the session has ended; each page begins the time anew."""
    client = client_of(Role.LEAD)
    client.get("/account/password/")
    left = session_of(client).expire_date - timezone.now()
    assert timedelta(minutes=29) < left <= timedelta(minutes=30)
    almost = timezone.now() + timedelta(minutes=1)
    Session.objects.update(expire_date=almost)
    assert client.get("/account/password/").status_code == 200
    assert session_of(client).expire_date > almost
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert client.get("/account/password/").status_code == 302


def test_the_session_ends_with_the_browser() -> None:
    """The cookie has no date: the browser forgets it when it is closed. No script and no other site has it."""
    new_user(Role.LEAD, "anna")
    client = Client()
    log_in(client, "anna")
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["expires"], cookie["max-age"]) == ("", "")
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_form_of_another_site_is_refused() -> None:
    """A login that does not come from the page itself is refused, in plain words."""
    new_user(Role.LEAD, "anna")
    response = log_in(Client(enforce_csrf_checks=True), "anna")
    assert response.status_code == 403
    assert "Please send it again" in response.text
    assert "<style" not in response.text


def policy_of(response: Any) -> dict[str, str]:
    """The policy, part by part."""
    return dict(part.split(None, 1) for part in response["Content-Security-Policy"].split(";"))


@pytest.mark.parametrize("address", [LOGIN, "/", "/no/such/page/", "/account/users/"])
def test_every_answer_carries_the_headers(address: str, client_of: ClientOf) -> None:
    """Nothing is kept by browsers, shown in frames, loaded from elsewhere, or told to other sites."""
    response = client_of(Role.LEAD).get(address)
    assert response["Cache-Control"] == "no-store, private"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "geolocation=()" in response["Permissions-Policy"]
    own = {f"{what}-src": "'self'" for what in ("script", "style", "img", "font", "connect")}
    none = dict.fromkeys(("default-src", "frame-ancestors", "base-uri"), "'none'")
    assert policy_of(response) == {**own, **none, "form-action": "'self'"}


def test_another_name_of_the_host_is_refused() -> None:
    """By a name that is not the console's, nothing is shown."""
    with override_settings(ALLOWED_HOSTS=["console.clinic.example"]):
        response = Client().get(LOGIN, headers={"host": "evil.example"})
        assert response.status_code == 400
        assert "This cannot be read" in response.text
        assert Client().get(LOGIN, headers={"host": "console.clinic.example"}).status_code == 302


def test_an_own_password_is_changed() -> None:
    """Whoever knows the password changes it; what is open elsewhere ends, this session goes on."""
    user = new_user(Role.LEAD, "anna")
    here, elsewhere = Client(), Client()
    log_in(here, "anna"), log_in(elsewhere, "anna")
    new = "another long enough phrase"
    form = {"old_password": "wrong", "new_password1": new, "new_password2": new}
    assert "old_password" in here.post("/account/password/", form).context["form"].errors
    short = {**form, "old_password": PASSWORD, "new_password1": "short 11 ch", "new_password2": "short 11 ch"}
    assert "new_password2" in here.post("/account/password/", short).context["form"].errors
    assert here.post("/account/password/", {**form, "old_password": PASSWORD}).status_code == 302
    user.refresh_from_db()
    assert user.check_password(new)
    assert here.get("/account/password/").status_code == 200
    assert elsewhere.get("/account/password/").status_code == 302
    assert audited()[-1] == ("anna", "user_changed", "anna", "password")
