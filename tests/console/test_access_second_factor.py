"""The second factor: set up by oneself, asked after the password, with codes on paper for when it is lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import Role, User
from tests.console.entering import app_of, audited, log_in, send_code, shown_by
from tests.django_setup import ClientOf, new_client, new_user

pytestmark = pytest.mark.usefixtures("database")

PAGE = "/account/second-factor/"
CODE_PAGE = "/account/second-factor/code/"
REQUIRED = override_settings(SECOND_FACTOR_REQUIRED=True)


def set_up(client: Client) -> tuple[TOTPDevice, list[str]]:
    """Sets it up as a user does; gives the app and the recovery codes."""
    client.post(reverse("accounts:second_factor_begin"))
    app = TOTPDevice.objects.get(user=client.user)  # type: ignore[attr-defined]
    response = client.post(PAGE, {"code": shown_by(app)})
    return app, response.context["codes"]


def entered(name: str, code: str) -> Client:
    """A new browser in which somebody has typed password and code."""
    client = Client()
    log_in(client, name)
    send_code(client, code)
    return client


def test_it_is_set_up_by_picture_or_text(client_of: ClientOf) -> None:
    """The page shows the secret as a picture for the app and as text, both the same; no style of its own."""
    client = client_of(Role.LEAD)
    assert "Set it up" in client.get(PAGE).text
    client.post(reverse("accounts:second_factor_begin"))
    page = client.get(PAGE).text
    app = TOTPDevice.objects.get()
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert secret
    assert f"secret={secret[1].replace(' ', '')}" in app.config_url
    assert "issuer=Trial%20Guide" in app.config_url
    assert re.search(r"<svg[^>]*class=\"qr\"", page)
    assert "style=" not in page
    assert "data:" not in page


def test_it_is_on_once_a_code_was_right(client_of: ClientOf) -> None:
    """A wrong code turns nothing on; a right one does, and shows ten recovery codes, this once."""
    client = client_of(Role.LEAD)
    client.post(reverse("accounts:second_factor_begin"))
    app = TOTPDevice.objects.get()
    assert "code" in client.post(PAGE, {"code": "000000"}).context["form"].errors
    assert not TOTPDevice.objects.get().confirmed
    app.throttle_reset()
    codes = client.post(PAGE, {"code": shown_by(app)}).context["codes"]
    assert TOTPDevice.objects.get().confirmed
    assert len(set(codes)) == 10
    page = client.get(PAGE).text
    assert "10 recovery codes are left" in page
    assert not any(code in page for code in codes)
    # This session goes on.
    assert client.get("/").status_code == 200
    name = client.user.username  # type: ignore[attr-defined]
    assert [entry for entry in audited() if entry[1] == "second_factor"] == [
        (name, "second_factor", name, "on"),
        (name, "second_factor", name, "new recovery codes"),
    ]


def test_after_the_password_the_code_is_asked() -> None:
    """With the password alone every page leads to the code; with the code, to the page that was wanted."""
    user = new_user(Role.LEAD, "anna")
    app = app_of(user)
    client = Client()
    log_in(client, "anna")
    assert client.get("/calendar/")["Location"] == f"{CODE_PAGE}?next=/calendar/"
    assert 'name="code"' in client.get(CODE_PAGE).text
    response = client.post(f"{CODE_PAGE}?next=/calendar/", {"code": shown_by(app)})
    assert response["Location"] == "/calendar/"
    assert client.get("/calendar/").status_code == 200
    assert [entry for entry in audited() if entry[1] == "login"] == [
        ("anna", "login", "anna", "waits for the second factor"),
        ("anna", "login", "anna", "second factor"),
    ]


@pytest.mark.parametrize("address", ["/", "/audit/", "/hand-over/prescreenings.csv", "/hand-over/api/schema/", PAGE])
def test_without_the_code_nothing_is_seen(address: str) -> None:
    """A session that owes the code sees no page, not even one that asks programs for a token, and has no right."""
    app_of(new_user(Role.LEAD, "anna"))
    client = Client()
    log_in(client, "anna")
    for response in (client.get(address), client.post(address)):
        assert response.status_code == 302
        assert response["Location"].startswith(CODE_PAGE)
    page = client.get(CODE_PAGE)
    assert page.context["user"].get_all_permissions() == set()
    assert "Records" not in page.text


def test_a_wrong_code_lets_nobody_in() -> None:
    """A wrong code, one of long ago, another user's, and nothing at all are refused."""
    anna, bruno = new_user(Role.LEAD, "anna"), new_user(Role.LEAD, "bruno")
    app, other = app_of(anna), app_of(bruno)
    for code in ("000000", shown_by(app, steps=-10), shown_by(other), "", "x" * 500):
        assert entered("anna", code).get("/").status_code == 302
        app.refresh_from_db()
        app.throttle_reset()


def test_a_code_is_good_once() -> None:
    """A code that somebody has looked over the shoulder is good no more."""
    app = app_of(new_user(Role.LEAD, "anna"))
    code = shown_by(app)
    assert entered("anna", code).get("/").status_code == 200
    assert entered("anna", code).get("/").status_code == 302


def test_after_a_wrong_code_one_waits() -> None:
    """Right after a wrong code even the right one has to wait a moment, whatever the address."""
    app = app_of(new_user(Role.LEAD, "anna"))
    client = Client()
    log_in(client, "anna")
    send_code(client, "000000")
    errors = send_code(client, shown_by(app)).context["form"].errors
    assert errors == {"code": ["Please wait a few seconds, then try again."]}


def test_a_recovery_code_lets_in_once(client_of: ClientOf) -> None:
    """Without the telephone, a code on paper does; each is good once, however it is typed."""
    client = client_of(Role.LEAD)
    name = client.user.username  # type: ignore[attr-defined]
    _, codes = set_up(client)
    there = entered(name, codes[0].lower().replace("-", " "))
    assert "9 recovery codes are left" in there.get(PAGE).text
    assert (name, "login", name, "recovery code") in audited()
    assert entered(name, codes[0]).get("/").status_code == 302


def test_recovery_codes_are_kept_as_hashes(client_of: ClientOf) -> None:
    """Whoever reads the database cannot log in with what is there."""
    _, codes = set_up(client_of(Role.LEAD))
    kept = "".join(StaticToken.objects.values_list("token", flat=True)).upper()
    assert not any(part in kept for code in codes for part in code.split("-"))


def test_new_recovery_codes_and_off_need_a_code(client_of: ClientOf) -> None:
    """Whoever finds an open session cannot turn it off, nor get recovery codes, without the telephone."""
    client = client_of(Role.LEAD)
    app, old = set_up(client)
    for name in ("accounts:second_factor_recovery", "accounts:second_factor_off"):
        assert "code" in client.post(reverse(name), {"code": "000000"}).context["form"].errors
        app.refresh_from_db()
        app.throttle_reset()
    assert TOTPDevice.objects.filter(confirmed=True).exists()
    new = client.post(reverse("accounts:second_factor_recovery"), {"code": old[0]}).context["codes"]
    assert not set(new) & set(old)
    response = client.post(reverse("accounts:second_factor_off"), {"code": new[0]})
    assert response["Location"] == PAGE
    assert not TOTPDevice.objects.exists()
    assert audited()[-1][3] == "off"


@REQUIRED
def test_where_it_is_required_it_comes_first() -> None:
    """Where the clinic wants it, nothing is seen before it is set up; then everything that the role may see."""
    user = new_user(Role.LEAD, "anna")
    client = new_client(user)
    for address in ("/", "/audit/", "/account/password/", "/hand-over/api/schema/"):
        assert client.get(address)["Location"] == PAGE
    assert "This clinic wants a second factor" in client.get(PAGE).text
    set_up(client)
    assert client.get("/").status_code == 200


@REQUIRED
def test_where_it_is_required_one_can_still_log_out() -> None:
    """Whoever does not want to set it up now can go."""
    client = new_client(new_user(Role.LEAD, "anna"))
    assert client.post("/account/log-out/")["Location"] == "/account/log-in/"


def test_an_administrator_takes_it_from_somebody_who_lost_it(client_of: ClientOf) -> None:
    """It is gone, sessions are ended, it is audited; nobody takes their own in this way."""
    user = new_user(Role.LEAD, "anna")
    app = app_of(user)
    there = entered("anna", shown_by(app))
    administrator: Any = client_of(Role.ADMINISTRATOR)
    me: User = administrator.user
    administrator.post(reverse("accounts:user_second_factor", args=[user.pk]))
    assert not TOTPDevice.objects.exists()
    assert there.get("/")["Location"].startswith("/account/log-in/")
    assert (me.username, "second_factor", "anna", "taken away") in audited()
    app_of(me)
    own = administrator.post(reverse("accounts:user_second_factor", args=[me.pk]))
    assert own.status_code in (302, 403)
    assert TOTPDevice.objects.filter(user=me).exists()
