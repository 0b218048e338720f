"""The users: added by invitation, given another role, deactivated; never deleted, never above the roles."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.test import Client, override_settings
from django.urls import reverse
from knox.models import AuthToken

from accounts.models import Role, User
from tests.console.entering import audited, log_in
from tests.django_setup import PASSWORD, ClientOf, new_client, new_user

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def administrator() -> Any:
    """The browser of an administrator."""
    return new_client(new_user(Role.ADMINISTRATOR, "ada"))


def invite(administrator: Client, name: str = "bruno", role: str = Role.COORDINATOR) -> str:
    """Adds a user; the path of their invitation."""
    page = administrator.post(reverse("accounts:user_add"), {"username": name, "role": role}).text
    link = re.search(r"<code>http://testserver(/account/invitation/\S+)</code>", page)
    assert link, page
    return link[1]


def choose(link: str, password: str = PASSWORD) -> Any:
    """Follows an invitation and chooses a password."""
    client = Client()
    response = client.get(link, follow=True)
    return client.post(response.request["PATH_INFO"], {"new_password1": password, "new_password2": password})


def change(client: Client, what: str, user: User, **form: str) -> Any:
    """Sends one of the forms on the page of a user."""
    return client.post(reverse(f"accounts:{what}", args=[user.pk]), form)


def test_a_user_is_invited(administrator: Client) -> None:
    """The administrator types no password; the new user chooses it by the link, and logs in."""
    link = invite(administrator)
    user = User.objects.get(username="bruno")
    assert (user.role, user.has_usable_password()) == (Role.COORDINATOR, False)
    assert "Invited" in administrator.get("/account/users/").text
    assert choose(link)["Location"] == "/account/log-in/"
    assert log_in(Client(), "bruno").status_code == 302
    names = [entry for entry in audited() if entry[1].startswith("user")]
    assert names == [
        ("ada", "user_added", "bruno", "coordinator"),
        ("bruno", "user_changed", "bruno", "password, by invitation"),
    ]


def test_an_invitation_is_good_once(administrator: Client) -> None:
    """Used, the link leads to no form; nor does one that was changed, or is for somebody else."""
    link = invite(administrator)
    other = invite(administrator, "carla")
    assert choose(link).status_code == 302
    mixed = f"{link.rsplit('/', 2)[0]}/{other.rsplit('/', 2)[1]}/"
    for wrong in (link, mixed, link.replace("/invitation/", "/invitation/x"), f"{other[:-2]}x/"):
        page = Client().get(wrong, follow=True).text
        assert "This link is not good any more" in page
        assert "password1" not in page


def test_an_invitation_ends_after_three_days(administrator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The link of last week is good no more."""
    link = invite(administrator)
    later = datetime.now() + timedelta(days=3, seconds=1)
    monkeypatch.setattr(PasswordResetTokenGenerator, "_now", lambda self: later)
    assert "not good any more" in Client().get(link, follow=True).text


def test_an_invitation_leaves_its_token_out_of_the_address(administrator: Client) -> None:
    """The form is at an address without the token, so that no other site is told."""
    link = invite(administrator)
    shown = Client().get(link, follow=True)
    assert shown.status_code == 200
    assert link.rsplit("/", 2)[1] not in shown.request["PATH_INFO"]


def test_weak_passwords_are_refused(administrator: Client) -> None:
    """Too short, too common, the own name, digits only."""
    link = invite(administrator, "giovannabianchi")
    for weak in ("elevenchars", "password1234", "giovannabianchi", "736450982736"):
        assert choose(link, weak).context["form"].errors


@pytest.mark.parametrize("name", ["ada", "ADA", "person", "System", "unknown", "", "a b", "x" * 151])
def test_wrong_names_are_refused(administrator: Client, name: str) -> None:
    """A name that is taken, would be taken for another, means somebody else in the audit trail, or is none."""
    form = administrator.post(reverse("accounts:user_add"), {"username": name, "role": "lead"}).context["form"]
    assert "username" in form.errors
    assert User.objects.count() == 1


@pytest.mark.parametrize("role", ["", "superuser", "Lead"])
def test_wrong_roles_are_refused(administrator: Client, role: str) -> None:
    """There is no other role."""
    form = administrator.post(reverse("accounts:user_add"), {"username": "bruno", "role": role}).context["form"]
    assert "role" in form.errors
    user = new_user(Role.LEAD, "carla")
    assert "role" in change(administrator, "user_role", user, role=role).context["form"].errors
    user.refresh_from_db()
    assert user.role == Role.LEAD


def test_nobody_becomes_more_than_a_role(administrator: Client) -> None:
    """Further fields in a form change nothing, and the database itself takes no superuser."""
    more = {"is_superuser": "on", "is_staff": "on", "password": "x", "user_permissions": "1", "groups": "1"}
    administrator.post(reverse("accounts:user_add"), {"username": "bruno", "role": "lead", **more})
    user = User.objects.get(username="bruno")
    assert (user.is_superuser, user.is_staff, user.has_usable_password()) == (False, False, False)
    user.is_superuser = True
    with pytest.raises(IntegrityError), transaction.atomic():
        user.save()


def test_another_role_ends_what_is_open(administrator: Client, client_of: ClientOf) -> None:
    """With another role, sessions and tokens of before are worth nothing."""
    there: Any = client_of(Role.LEAD)
    AuthToken.objects.create(there.user)
    assert there.get("/audit/").status_code == 200
    change(administrator, "user_role", there.user, role="coordinator")
    assert there.get("/audit/")["Location"].startswith("/account/log-in/")
    assert not AuthToken.objects.exists()
    again = Client()
    log_in(again, there.user.username)
    assert again.get("/audit/").status_code == 403
    assert ("ada", "user_changed", there.user.username, "role: coordinator") in audited()


def test_a_deactivated_user_is_out(administrator: Client, client_of: ClientOf) -> None:
    """Deactivated, somebody is out at once and cannot come back; activated again, they log in anew."""
    there: Any = client_of(Role.LEAD)
    name = there.user.username
    change(administrator, "user_active", there.user, active="no")
    assert there.get("/")["Location"].startswith("/account/log-in/")
    assert log_in(Client(), name).status_code == 200
    assert "Deactivated" in administrator.get("/account/users/").text
    change(administrator, "user_active", there.user, active="yes")
    assert there.get("/").status_code == 302
    assert log_in(Client(), name).status_code == 302
    details = [entry[3] for entry in audited() if entry[:3] == ("ada", "user_changed", name)]
    assert details == ["deactivated", "active"]


def test_a_deactivated_user_gets_no_invitation(administrator: Client) -> None:
    """Neither a new link, nor by the one of before."""
    link = invite(administrator)
    user = User.objects.get(username="bruno")
    change(administrator, "user_active", user, active="no")
    assert change(administrator, "user_invitation", user).status_code == 403
    assert "not good any more" in Client().get(link, follow=True).text


def test_a_lost_password_needs_a_new_link(administrator: Client) -> None:
    """The administrator makes a new link; the password chosen by it ends what is open."""
    user = new_user(Role.LEAD, "anna")
    there = new_client(user)
    page = change(administrator, "user_invitation", user).text
    link = re.search(r"<code>http://testserver(\S+)</code>", page)
    assert link
    choose(link[1], "yet another passphrase")
    assert there.get("/").status_code == 302
    assert ("ada", "user_changed", "anna", "invited") in audited()


@pytest.mark.parametrize("what", ["user_role", "user_active", "user_invitation", "user_second_factor"])
def test_nobody_changes_themselves(administrator: Any, what: str) -> None:
    """So there is always one administrator left, the one who asks."""
    me = administrator.user
    new_user(Role.ADMINISTRATOR)
    assert change(administrator, what, me, role="lead", active="no").status_code == 403
    me.refresh_from_db()
    assert (me.role, me.is_active) == (Role.ADMINISTRATOR, True)


def test_of_two_who_deactivate_one_another_one_remains(administrator: Any) -> None:
    """Whoever was deactivated meanwhile changes nobody, even within the same moment."""
    from django.core.exceptions import PermissionDenied
    from django.test import RequestFactory

    from accounts.users import change_active

    other = new_user(Role.ADMINISTRATOR, "otto")
    request = RequestFactory().post("/", {"active": "no"})
    request.user = User.objects.get(pk=other.pk)  # had its permissions looked at a moment ago
    assert request.user.has_perm("accounts.change_user")
    change(administrator, "user_active", other, active="no")
    with pytest.raises(PermissionDenied):
        change_active(request, pk=administrator.user.pk)
    administrator.user.refresh_from_db()
    assert administrator.user.is_active


def test_nobody_is_deleted() -> None:
    """Neither one by one, nor all at once."""
    user = new_user(Role.LEAD, "anna")
    with pytest.raises(ProtectedError, match="deactivated, never deleted"), transaction.atomic():
        user.delete()
    with pytest.raises(ProtectedError), transaction.atomic():
        User.objects.all().delete()
    assert User.objects.filter(username="anna").exists()


def test_a_link_carries_the_address_outside(administrator: Client) -> None:
    """Behind a proxy, the link has the address under which the console is known."""
    from dataclasses import replace

    from django.conf import settings

    outside = replace(settings.CONSOLE, origin="https://console.clinic.example")
    with override_settings(CONSOLE=outside):
        page = administrator.post(reverse("accounts:user_add"), {"username": "bruno", "role": "lead"}).text
    assert "<code>https://console.clinic.example/account/invitation/" in page
