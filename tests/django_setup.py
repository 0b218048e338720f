"""Django for the tests: set up once, with a database and a folder of its own. To be imported before any model.

All tests of the records and of the console share it, for Django can be set up only once in a process.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path

import django

#: Nothing that a test stores comes near the records of this machine.
FOLDER = Path(tempfile.mkdtemp(prefix="trial-guide-tests-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)

os.environ["TRIAL_GUIDE_FOLDER"] = str(FOLDER)
for name in [name for name in os.environ if name.startswith("TRIAL_GUIDE_") and name != "TRIAL_GUIDE_FOLDER"]:
    del os.environ[name]
os.environ["DJANGO_SETTINGS_MODULE"] = "review.settings"
django.setup()

# What follows needs Django set up.
from django.conf import settings  # noqa: E402
from django.test import Client, TestCase  # noqa: E402
from django.test.runner import DiscoverRunner  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from accounts.models import User  # noqa: E402

PASSWORD = "a long enough passphrase"
_numbers = count(1)


@cache
def make_database() -> None:
    """Makes a database with all tables, once for the whole run; it is gone with the process."""
    # The usual hasher is slow on purpose.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    setup_test_environment(debug=False)
    DiscoverRunner(verbosity=0, interactive=False).setup_databases()


@contextmanager
def rolled_back() -> Iterator[None]:
    """A transaction in which everything happens and nothing remains, as in each test of a TestCase."""

    class OneTest(TestCase):
        """Lends its transaction."""

        def runTest(self) -> None:
            """Nothing."""

    OneTest.setUpClass()
    try:
        test = OneTest()
        test._pre_setup()  # type: ignore[attr-defined]
        try:
            yield
        finally:
            test._post_teardown()  # type: ignore[attr-defined]
    finally:
        OneTest.tearDownClass()
        OneTest.doClassCleanups()


def new_user(role: str, username: str = "", **other: object) -> User:
    """A user of this role, with PASSWORD as password."""
    user = User(username=username or f"{role}{next(_numbers)}", role=role, **other)
    user.set_password(PASSWORD)
    user.save()
    return user


def new_client(role: str | User) -> Client:
    """The browser of a user who is logged in: a new one of this role, or the one given. ``client.user`` is the user."""
    user = role if isinstance(role, User) else new_user(role)
    client = Client()
    client.force_login(user, backend="accounts.roles.RoleBackend")
    client.user = user  # type: ignore[attr-defined]
    return client


ClientOf = Callable[..., Client]
