"""The console of the tests: a database that each test finds empty, and browsers of its users."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

# Before anything else of Django.
from tests.django_setup import ClientOf, make_database, new_client, rolled_back


@pytest.fixture(scope="session", autouse=True)
def migrated() -> None:
    """A database with all tables; classes of django.test.TestCase need no more than this."""
    make_database()


@pytest.fixture
def database(migrated: None) -> Iterator[None]:
    """The database, as empty afterwards as before."""
    with rolled_back():
        yield


@pytest.fixture
def client_of(database: None) -> ClientOf:
    """Gives the browser of a new user of a role, logged in; ``client_of(role).user`` is the user."""
    return new_client
