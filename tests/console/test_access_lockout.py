"""Who tries too often has to wait: one user from one address, and nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.db.models import F
from django.test import Client, RequestFactory, override_settings

from accounts.lockout import address_of
from accounts.models import Role
from tests.console.entering import app_of, audited, log_in, send_code, shown_by
from tests.django_setup import new_user

pytestmark = pytest.mark.usefixtures("database")

#: A proxy of the clinic stands in front, and tells who asks.
BEHIND_PROXY = override_settings(PROXIES=1)


def fail(name: str, times: int, client: Client | None = None, **more: str) -> list[int]:
    """The statuses of so many wrong passwords."""
    return [log_in(client or Client(), name, "wrong", **more).status_code for _ in range(times)]


def test_five_failures_lock_out() -> None:
    """At the fifth wrong password the page says to wait, and even the right one does not help."""
    new_user(Role.LEAD, "anna")
    assert fail("anna", 5) == [200, 200, 200, 200, 429]
    response = log_in(Client(), "anna")
    assert response.status_code == 429
    assert response["Retry-After"] == "900"
    assert "In 15 minutes you can try again" in response.text
    assert "ask an administrator" in response.text
    assert "anna" not in response.text


def test_after_the_time_it_goes_on() -> None:
    """A quarter of an hour later the right password helps; trying meanwhile does not make it longer."""
    new_user(Role.LEAD, "anna")
    fail("anna", 5)
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=14))
    assert log_in(Client(), "anna").status_code == 429
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=1, seconds=1))
    assert log_in(Client(), "anna").status_code == 302


def test_a_success_forgets_the_failures() -> None:
    """Four slips, the right password, four slips more: nobody is locked out."""
    new_user(Role.LEAD, "anna")
    for _ in range(2):
        assert 429 not in fail("anna", 4)
        assert log_in(Client(), "anna").status_code == 302


@BEHIND_PROXY
def test_nobody_else_behind_the_same_proxy_is_locked_out() -> None:
    """Colleagues at the same address, and the same user at another, go on working."""
    new_user(Role.LEAD, "anna"), new_user(Role.LEAD, "bruno")
    fail("anna", 5, HTTP_X_FORWARDED_FOR="203.0.113.5")
    assert log_in(Client(), "anna", HTTP_X_FORWARDED_FOR="203.0.113.5").status_code == 429
    assert log_in(Client(), "bruno", HTTP_X_FORWARDED_FOR="203.0.113.5").status_code == 302
    assert log_in(Client(), "anna", HTTP_X_FORWARDED_FOR="203.0.113.6").status_code == 302


@BEHIND_PROXY
def test_an_invented_address_helps_nobody() -> None:
    """What the sender writes into X-Forwarded-For is not believed: only what our proxy has added."""
    new_user(Role.LEAD, "anna")
    statuses = [fail("anna", 1, HTTP_X_FORWARDED_FOR=f"192.0.2.{number}, 203.0.113.5")[0] for number in range(5)]
    assert statuses[-1] == 429


def test_without_a_proxy_the_header_is_not_read() -> None:
    """Where no proxy stands in front, the address is that of the connection."""
    new_user(Role.LEAD, "anna")
    statuses = [fail("anna", 1, HTTP_X_FORWARDED_FOR=f"192.0.2.{number}")[0] for number in range(5)]
    assert statuses[-1] == 429


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ("203.0.113.5", "203.0.113.5"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
        ("<script>", "127.0.0.1"),
        ("", "127.0.0.1"),
    ],
)
@BEHIND_PROXY
def test_addresses(told: str, address: str) -> None:
    """Of IPv6 the network counts, of which one household has every address; what is no address does not count."""
    got = address_of(RequestFactory().get("/", HTTP_X_FORWARDED_FOR=told))
    assert got == address


def test_unknown_names_are_locked_out_in_the_same_way() -> None:
    """Whether there is such a user cannot be told from the lock-out either."""
    assert fail("nobody", 6) == [200, 200, 200, 200, 429, 429]


def test_what_was_typed_is_kept_nowhere() -> None:
    """Of a password typed in place of the name nothing is in the table that counts, nor in the trail."""
    secret = "hunter2-my-password"
    fail(secret, 5)
    kept = str(list(AccessAttempt.objects.values())) + str(audited())
    assert secret not in kept
    assert "wrong" not in kept
    assert AccessAttempt.objects.get().failures_since_start == 5


def test_a_lockout_is_audited_once() -> None:
    """The trail has each failure and the lock-out, and not every try that was refused after it."""
    new_user(Role.LEAD, "anna")
    fail("anna", 9)
    failure, lockout = ("unknown", "login_failed", "anna", "password"), ("unknown", "locked_out", "anna", "password")
    assert sorted(audited()) == sorted([failure] * 5 + [lockout])


def test_guessing_the_second_factor_is_locked_out() -> None:
    """Five wrong codes lock out, also over several logins, and the right one does not help then."""
    user = new_user(Role.LEAD, "anna")
    app = app_of(user)
    statuses = []
    for number in range(5):
        client = Client()
        assert log_in(client, "anna").status_code == 302
        statuses.append(send_code(client, f"{number:06d}").status_code)
        # Each wrong code makes one wait; that is another thing.
        app.throttle_reset()
    assert statuses == [200, 200, 200, 200, 429]
    client = Client()
    log_in(client, "anna")
    assert send_code(client, shown_by(app)).status_code == 429
    assert client.get("/").status_code == 302
    assert ("unknown", "locked_out", "anna", "second factor") in audited()
    # The password is not locked out with it: somebody else's guesses at one do not shut the other.
    assert log_in(Client(), "anna").status_code == 302
