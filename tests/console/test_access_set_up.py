"""The first user: by a code that is printed once, good once, and kept as a hash."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.codes import bare, hash_of
from accounts.models import Role, SetUpCode, User
from accounts.set_up import keep_set_up_code, new_set_up_code
from tests.console.entering import LOGIN, audited
from tests.django_setup import PASSWORD, new_user

pytestmark = pytest.mark.usefixtures("database")

PAGE = "/account/set-up/"


@pytest.fixture
def code() -> str:
    """The code that the start has printed."""
    code = new_set_up_code()
    assert keep_set_up_code(hash_of(code))
    return code


def send(client: Client, code: str, name: str = "ada", password: str = PASSWORD, **more: Any) -> Any:
    """Sends the form."""
    form = {"code": code, "username": name, "password1": password, "password2": password}
    return client.post(PAGE, form, **more)


def test_the_code_makes_the_first_administrator(code: str) -> None:
    """With the code somebody becomes the first user, an administrator, and is logged in; then the page is gone."""
    client = Client()
    assert client.get(LOGIN)["Location"] == PAGE
    assert send(client, code)["Location"] == "/account/users/"
    user = User.objects.get()
    assert (user.username, user.role, user.is_superuser) == ("ada", Role.ADMINISTRATOR, False)
    assert client.get("/account/users/").status_code == 200
    assert audited()[0] == ("ada", "set_up", "ada", "administrator")
    assert not SetUpCode.objects.exists()
    for stranger in (client, Client()):
        assert stranger.get(PAGE).status_code == 404
        assert send(stranger, code, "eve").status_code == 404
    assert User.objects.count() == 1


@pytest.mark.parametrize("typed", [str.lower, bare, lambda code: f"  {code.replace('-', ' ')} "])
def test_the_code_may_be_typed_in_any_way(code: str, typed: Any) -> None:
    """Small letters, without hyphens, with blanks: it is the same code."""
    assert send(Client(), typed(code)).status_code == 302


def test_only_a_hash_of_the_code_is_kept(code: str) -> None:
    """Neither the code nor a part of it lies in the database."""
    kept = SetUpCode.objects.get().hash
    assert len(kept) == 64
    assert not any(part in kept.upper() for part in code.split("-"))


def test_a_new_start_makes_a_new_code(code: str) -> None:
    """The code of an earlier start is good no more."""
    new = new_set_up_code()
    assert keep_set_up_code(hash_of(new))
    assert "code" in send(Client(), code).context["form"].errors
    assert send(Client(), new).status_code == 302


def test_no_code_is_kept_once_there_is_a_user(code: str) -> None:
    """With a user, a start keeps no code, and takes away that of before."""
    new_user(Role.ADMINISTRATOR)
    assert not keep_set_up_code(hash_of(code))
    assert not SetUpCode.objects.exists()
    assert send(Client(), code).status_code == 404


def test_there_is_no_default_password(code: str) -> None:
    """Before the set-up there is nobody, and a weak password is refused."""
    assert not User.objects.exists()
    for weak in ("short", "administrator", "123456789012", "password1234"):
        form = send(Client(), code, name="administrator", password=weak).context["form"]
        assert "password2" in form.errors or "password1" in form.errors
    assert not User.objects.exists()
    # The code was right all the time: it is still good.
    assert send(Client(), code).status_code == 302


def test_guessing_is_locked_out(code: str) -> None:
    """After five wrong codes nobody at this address can go on, not even with the right one; elsewhere one can."""
    for _ in range(4):
        assert "code" in send(Client(), "K7QF-M2XA-9TRB-H4WD").context["form"].errors
    assert send(Client(), "K7QF-M2XA-9TRB-H4WD").status_code == 429
    assert send(Client(), code).status_code == 429
    assert not User.objects.exists()
    assert ("unknown", "locked_out", "", "set-up code") in audited()
    assert send(Client(), code, REMOTE_ADDR="198.51.100.7").status_code == 302


def test_the_code_is_in_no_address(code: str) -> None:
    """The code is sent in the form; from an address it is not taken."""
    form = {"username": "ada", "password1": PASSWORD, "password2": PASSWORD}
    response = Client().post(f"{PAGE}?code={code}", form)
    assert "code" in response.context["form"].errors
    assert 'method="post"' in Client().get(PAGE).text
