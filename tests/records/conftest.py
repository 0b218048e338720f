"""The records of the tests: a data folder of its own for each, and a database that is really written to.

Each test runs twice: with SQLite files, and with a real PostgreSQL server.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

# Before anything else of Django.
import tests.django_setup  # noqa: F401

# isort: split
from django.db import connection

from conversations.database import DATABASE, FOLDER
from records.ready import make_tables
from records.settings import databases
from tests.postgresql import running_server
from tests.records.places import Place, used


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with all tables, to be copied."""
    file = tmp_path_factory.mktemp("empty") / "records.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FOLDER, str(file.parent))
        patch.delenv(DATABASE, raising=False)
        with used(databases()["default"]):
            make_tables()
    return file


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL database with all tables, to be copied; its name."""
    server = running_server()
    with server.new_database() as name:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(FOLDER, str(tmp_path_factory.mktemp("empty")))
            patch.setenv(DATABASE, server.address(name))
            with used(databases()["default"]):
                make_tables()
        yield name


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """A new place to store in, in use."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv(FOLDER, str(folder))
    monkeypatch.delenv(DATABASE, raising=False)
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("empty_file"), folder / "records.db")
        with used(databases()["default"]):
            yield Place(folder, None)
        return
    server = running_server()
    with server.new_database(request.getfixturevalue("empty_database")) as name:
        monkeypatch.setenv(DATABASE, server.address(name))
        with used(databases()["default"]):
            assert connection.vendor == "postgresql"
            yield Place(folder, server.address(name))
