"""Who may see which page: every address of the console stands in a table, and is denied to everybody else."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from accounts.models import Role
from tests.django_setup import ClientOf

C, L, A = Role.COORDINATOR, Role.LEAD, Role.ADMINISTRATOR
EVERYBODY = {C, L, A}
#: Who may, of those who are logged in; every address has to be here.
TABLE: dict[str, set[Role]] = {
    "review:records": {C, L},
    "review:search": {C, L},
    "review:record": {C, L},
    "review:note": {C, L},
    "review:status": {C, L},
    "review:assign": {L},
    "review:rejudge": {C, L},
    "review:delete": {L},
    "review:calendar": {C, L},
    "review:numbers": {C, L},
    "review:numbers_csv": {C, L},
    "review:audit": {L},
    "handover:csv": {L},
    "handover:pdf": {L},
    "handover:prescreenings": {L},
    "handover:bundle": {L},
    "handover:questionnaire": {L},
    "handover:schema": {L},
    "handover:nowhere": {L},
    "accounts:login": EVERYBODY,
    "accounts:logout": EVERYBODY,
    "accounts:set_up": EVERYBODY,
    "accounts:invitation": EVERYBODY,
    "accounts:password": EVERYBODY,
    "accounts:second_factor": EVERYBODY,
    "accounts:second_factor_code": EVERYBODY,
    "accounts:second_factor_begin": EVERYBODY,
    "accounts:second_factor_recovery": EVERYBODY,
    "accounts:second_factor_off": EVERYBODY,
    "accounts:tokens": {L},
    "accounts:token_revoke": {L},
    "accounts:users": {A},
    "accounts:user_add": {A},
    "accounts:user": {A},
    "accounts:user_role": {A},
    "accounts:user_active": {A},
    "accounts:user_invitation": {A},
    "accounts:user_second_factor": {A},
}
#: Open to somebody who is not logged in.
OPEN = {"accounts:login", "accounts:set_up", "accounts:invitation"}
#: The REST interface answers a program: it is not sent to a page, but told that it has to show a token.
FOR_PROGRAMS = {name for name in TABLE if name.startswith("handover:")} - {"handover:csv", "handover:pdf"}
#: What stands in an address: of nothing that there is.
GIVEN: dict[str, Any] = {
    "id": uuid.UUID(int=7),
    "pk": 999_999,
    "uidb64": "Nw",
    "token": "x-y",
    "rest": "anything",
}


def addresses() -> Iterator[tuple[str, str]]:
    """Every address of the console, with its name."""

    def walk(patterns: Any, namespace: str) -> Iterator[tuple[str, str]]:
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                yield from walk(pattern.url_patterns, pattern.namespace or namespace)
            else:
                name = f"{namespace}:{pattern.name}"
                given = {key: GIVEN[key] for key in pattern.pattern.converters}
                yield name, reverse(name, kwargs=given)

    yield from walk(get_resolver().url_patterns, "")


ADDRESSES = list(addresses())


def statuses(client: Client, address: str) -> set[int]:
    """The answers to reading it and to sending an empty form."""
    return {client.get(address).status_code, client.post(address).status_code}


def test_every_address_is_in_the_table() -> None:
    """An address that nobody has thought about is found."""
    assert {name for name, _ in ADDRESSES} == set(TABLE)
    assert len(ADDRESSES) == len(TABLE)


@pytest.mark.parametrize(("name", "address"), ADDRESSES, ids=[name for name, _ in ADDRESSES])
def test_nobody_sees_anything_before_they_log_in(name: str, address: str, client_of: ClientOf) -> None:
    """Whoever is not logged in is sent to the login from everywhere."""
    client_of(L)  # there is a user
    for response in (Client().get(address), Client().post(address)):
        if name in OPEN:
            assert response.status_code in (200, 404)
        elif name in FOR_PROGRAMS:
            assert response.status_code == 401
        else:
            assert response.status_code == 302, name
            assert response["Location"].startswith("/account/log-in/?next=")


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(("name", "address"), ADDRESSES, ids=[name for name, _ in ADDRESSES])
def test_each_role_sees_what_the_table_names(name: str, address: str, role: Role, client_of: ClientOf) -> None:
    """A role sees its own pages, and is denied every other, before it is looked whether there is such a thing."""
    seen = statuses(client_of(role), address)
    if role in TABLE[name]:
        assert 403 not in seen
        assert seen - {405}
    else:
        assert 403 in seen
        assert seen <= {403, 405}


@pytest.mark.parametrize(("name", "address"), ADDRESSES, ids=[name for name, _ in ADDRESSES])
def test_without_a_role_nothing_is_seen(name: str, address: str, client_of: ClientOf) -> None:
    """A user who was given no role sees nothing but their own account."""
    seen = statuses(client_of(""), address)
    if TABLE[name] is not EVERYBODY:
        assert seen <= {403, 405}


def test_an_administrator_has_no_right_to_health_data(client_of: ClientOf) -> None:
    """None of the administrator's rights is about a record."""
    rights = client_of(A).user.get_all_permissions()  # type: ignore[attr-defined]
    assert rights
    assert {right.split(".")[0] for right in rights} == {"accounts"}
