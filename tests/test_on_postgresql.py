"""The whole assistant on PostgreSQL: what `make run` starts, with TRIAL_GUIDE_DATABASE, keeps all of it there."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path
from string import ascii_lowercase

import psycopg2
import pytest
import requests
from psycopg2 import sql

from conversations.database import DATABASE
from scripts.settings import Settings
from tests.conftest import free_settings
from tests.django_setup import PASSWORD
from tests.postgresql import running_server
from tests.test_prescreening import Screening
from tests.test_sharing import shares_an_age


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """An empty database on a real server."""
    server = running_server()
    with server.new_database() as name:
        yield server.address(name)


@pytest.fixture(scope="module")
def screening(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screening]:
    """The assistant, told by the one setting to store there."""
    screening = Screening(free_settings(tmp_path_factory.mktemp("on_postgresql")), **{DATABASE: address})
    try:
        yield screening
    finally:
        screening.stop()


def tables_with(address: str, text: str) -> set[str]:
    """The tables in which a text is, in any column of any row."""
    connection = psycopg2.connect(address)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            names = [name for (name,) in cursor.fetchall()]
            found = set()
            for name in names:
                question = sql.SQL("SELECT 1 FROM {0} WHERE {0}::text ILIKE %s LIMIT 1").format(sql.Identifier(name))
                cursor.execute(question, [f"%{text}%"])
                if cursor.fetchone():
                    found.add(name)
        return found
    finally:
        connection.close()


def files_with(settings: Settings, text: str) -> list[str]:
    """The files of the data folder in which a text is."""
    files = [path for path in Path(settings.folder).rglob("*") if path.is_file()]
    return [path.name for path in files if text.encode() in path.read_bytes()]


def test_from_the_first_word_to_delete_my_data(screening: Screening, address: str) -> None:
    """The running conversation and, after the consent, the record are in PostgreSQL and in no file; after “delete my
    data” nothing of either is in any table, but that there was a record, and that it was deleted.
    """
    canary = "".join(random.choices(ascii_lowercase, k=16))
    person = screening.person()
    person.begin()
    person.say(f"what does {canary} mean?")
    assert tables_with(address, canary) == {"events"}
    reference = shares_an_age(person)
    assert tables_with(address, canary) == {"events", "records_line"}
    person.say("yes")
    person.say(f"Anna {canary.title()}")
    person.say(f"{canary}@example.org")
    assert tables_with(address, canary) == {"events", "records_line", "records_record"}
    assert tables_with(address, person.name) == {"events", "records_record", "shared_conversations"}
    person.say("delete my data")
    assert "what you shared from it" in person.text
    assert tables_with(address, canary) == set()
    assert tables_with(address, person.name) == set()
    assert tables_with(address, reference) == {"records_auditentry"}
    assert files_with(screening.settings, canary) == []


def test_the_console_keeps_its_users_there_too(screening: Screening, address: str) -> None:
    """The first user, made by the code that the start has printed, is in the same database, and so is the login."""
    said = "".join(screening.assistant.said)
    code = re.search(r"makes the first user, with the code (\S+)", said)
    assert code, said
    page = f"{screening.settings.console}account/set-up/"
    with requests.Session() as ada:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', ada.get(page, timeout=20).text)
        assert token
        form = {"csrfmiddlewaretoken": token[1], "code": code[1], "username": "ada-on-postgresql"}
        made = ada.post(page, {**form, "password1": PASSWORD, "password2": PASSWORD}, timeout=20)
        assert made.url == f"{screening.settings.console}account/users/"
    assert tables_with(address, "ada-on-postgresql") == {"accounts_user", "records_auditentry"}


def test_no_file_of_sqlite_is_made(screening: Screening) -> None:
    """Neither conversations nor records are kept in the data folder beside it."""
    assert [path.name for path in Path(screening.settings.folder).rglob("*.db*")] == []
