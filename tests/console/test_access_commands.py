"""The commands for an only administrator who has lost the password or the second factor."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import Role, User
from accounts.second_factor import has_second_factor, new_recovery_codes
from tests.console.entering import app_of, audited, log_in, send_code, shown_by
from tests.django_setup import PASSWORD, new_user

pytestmark = pytest.mark.usefixtures("database")

USERS = "/account/users/"
OTHER = "another passphrase, long enough"


def reset(name: str) -> tuple[str, str]:
    """What `reset_second_factor` says, and what it warns of."""
    said, warned = StringIO(), StringIO()
    call_command("reset_second_factor", name, stdout=said, stderr=warned)
    return said.getvalue(), warned.getvalue()


@pytest.fixture
def ada() -> User:
    """An only administrator with an app and recovery codes."""
    user = new_user(Role.ADMINISTRATOR, "ada")
    app_of(user)
    new_recovery_codes(user)
    return user


def test_the_second_factor_is_taken_away(ada: User) -> None:
    """App and recovery codes are gone, sessions are ended, the password alone logs in; it is audited."""
    there = Client()
    log_in(there, "ada")
    send_code(there, shown_by(TOTPDevice.objects.get()))
    assert there.get(USERS).status_code == 200
    said, warned = reset("ada")
    assert "ada logs in by the password alone, and can set up a new one" in said
    assert not warned
    assert not TOTPDevice.objects.exists()
    assert not StaticDevice.objects.exists()
    assert there.get(USERS).status_code == 302
    client = Client()
    assert log_in(client, "ada").status_code == 302
    assert client.get(USERS).status_code == 200
    assert ("system", "second_factor", "ada", "taken away by command") in audited()


def test_where_it_is_required_it_is_set_up_anew(ada: User) -> None:
    """Where the clinic wants one, the command lets nobody work without."""
    with override_settings(SECOND_FACTOR_REQUIRED=True):
        assert "sets a new one up" in reset("ada")[0]
        client = Client()
        log_in(client, "ada")
        assert client.get(USERS)["Location"] == "/account/second-factor/"


@pytest.mark.parametrize(("name", "told"), [("Ada", "There is no user “Ada”"), ("bruno", "bruno has no second factor")])
def test_what_cannot_be_is_told(ada: User, name: str, told: str) -> None:
    """A name that nobody has, and a user without a second factor: nothing is changed, and nothing audited."""
    new_user(Role.LEAD, "bruno")
    before = audited()
    with pytest.raises(CommandError, match=told):
        reset(name)
    assert audited() == before
    assert has_second_factor(ada)


def test_who_is_deactivated_stays_so(ada: User) -> None:
    """The command says that they still cannot log in."""
    User.objects.update(is_active=False)
    assert "ada is deactivated" in reset("ada")[1]
    assert "not right" in log_in(Client(), "ada").text


def test_another_password_is_audited(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Django's `changepassword` works as ever, and is in the trail; what comes to nothing is not."""
    typed = iter([OTHER, OTHER, "short", "short", "short", "short", "short", "short"])
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    call_command("changepassword", "ada", stdout=StringIO())
    ada.refresh_from_db()
    assert ada.check_password(OTHER)
    assert audited() == [("system", "user_changed", "ada", "password, by command")]
    with pytest.raises(CommandError, match="Aborting"):
        call_command("changepassword", "ada", stdout=StringIO(), stderr=StringIO())
    with pytest.raises(CommandError, match="does not exist"):
        call_command("changepassword", "eve", stdout=StringIO())
    ada.save()
    assert len(audited()) == 1
    assert not ada.check_password(PASSWORD)
