"""Wherever the records are used, Django and the tables are there."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.core.management import call_command
from django.db import connection

from conversations.database import DATABASE, FOLDER
from records.ready import make_tables
from records.settings import databases
from scripts.settings import HOME
from tests.postgresql import running_server
from tests.records.places import Place, used

PROGRAM = """
from records.ready import ready
ready()
from records.audit import append, verify
append("system", "list")
assert verify() == []
"""


def test_the_models_and_the_migrations_agree(capsys: pytest.CaptureFixture[str]) -> None:
    """Every change of a model has its migration."""
    call_command("makemigrations", "records", "accounts", check=True, dry_run=True)
    assert "No changes detected" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_many_first_starts_at_once(kind: str, tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """Where several processes start first at the same time, the tables are made once, and all can go on."""
    folder = tmp_path / "new" / "data"
    monkeypatch.setenv(FOLDER, str(folder))
    monkeypatch.delenv(DATABASE, raising=False)
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE")

    def start_all() -> None:
        processes = [
            subprocess.Popen([sys.executable, "-c", PROGRAM], cwd=HOME, stderr=subprocess.PIPE) for _ in range(3)
        ]
        for process in processes:
            _, errors = process.communicate(timeout=120)
            assert process.returncode == 0, errors.decode()

    if kind == "sqlite":
        start_all()
        assert (folder / "records.db").stat().st_mode & 0o077 == 0
        assert folder.stat().st_mode & 0o077 == 0
        return
    server = running_server()
    with server.new_database() as name:
        monkeypatch.setenv(DATABASE, server.address(name))
        start_all()
        assert not (folder / "records.db").exists()


def test_the_action_server_goes_first(tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """Tables that the action server has made are completed by the console; the trail goes on."""
    monkeypatch.setenv(FOLDER, str(tmp_path / "data"))
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE")
    subprocess.run([sys.executable, "-c", PROGRAM], cwd=HOME, check=True)
    with used(databases()["default"]):
        assert "django_session" not in connection.introspection.table_names()
        make_tables()
        assert "django_session" in connection.introspection.table_names()


def test_broken_connections_are_let_go(place: Place) -> None:
    """Where the database server was started anew, what comes next works again."""
    if not place.address:
        return
    program = (
        "import sys\n" + PROGRAM + "print('ready', flush=True); sys.stdin.readline()\n"
        "ready(); append('system', 'list'); assert verify() == []"
    )
    environment = {name: value for name, value in place.environment.items() if name != "DJANGO_SETTINGS_MODULE"}
    with subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=HOME,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        running_server().run(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{place.address.split('/')[-1]}'"
        )
        process.communicate("\n", timeout=60)
    assert process.returncode == 0
