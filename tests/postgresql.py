"""A PostgreSQL server for the tests: Debian's, really running, with a folder of its own; stopped at the end."""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2
import pytest

from scripts.processes import free_port

#: Who owns the databases of the tests; the password has what an address must quote.
OWNER, PASSWORD = "guide", "p@ss:w/rd%?"
#: Seconds for a start.
START = 60
#: Quick, and careless about power cuts.
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
}


class PostgreSQL:
    """A server that runs."""

    def __init__(self, folder: Path) -> None:
        self._numbers = count(1)
        self.port = free_port()
        self._data = folder / "data"
        as_whom = _not_root()
        if as_whom:
            shutil.chown(folder, as_whom["user"], as_whom["group"])
        password = folder / "password"
        password.write_text(PASSWORD)
        password.chmod(0o644)
        programs = _programs()
        who: list[str | Path] = ["-U", OWNER, "--pwfile", password, "-A", "scram-sha-256"]
        made = subprocess.run(
            [programs / "initdb", "-D", self._data, *who, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
            cwd=folder,
            capture_output=True,
            text=True,
            **as_whom,
        )
        assert made.returncode == 0, made.stderr
        options = [part for name, value in OPTIONS.items() for part in ("-c", f"{name}={value}")]
        with (folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [programs / "postgres", "-D", self._data, "-p", str(self.port), *options],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **as_whom,
            )
        until = time.monotonic() + START
        while True:
            try:
                self.run("SELECT 1")
                return
            except psycopg2.OperationalError:
                assert self._process.poll() is None, (folder / "log").read_text()
                assert time.monotonic() < until, "PostgreSQL does not start."
                time.sleep(0.02)

    def stop(self) -> None:
        """Stops it at once."""
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            # Somebody is still connected.
            self._process.send_signal(3)
            self._process.wait(20)

    def run(self, statement: str) -> None:
        """Runs a statement outside of any transaction, in the server's own database."""
        connection = psycopg2.connect(
            host="127.0.0.1", port=self.port, user=OWNER, password=PASSWORD, dbname="postgres"
        )
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)
        finally:
            connection.close()

    def address(self, name: str) -> str:
        """The address of a database, as TRIAL_GUIDE_DATABASE takes it."""
        return f"postgresql://{OWNER}:{quote(PASSWORD, safe='')}@127.0.0.1:{self.port}/{name}"

    @contextmanager
    def new_database(self, template: str = "template1", keep: bool = False) -> Iterator[str]:
        """A database of its own, gone afterwards; gives its name."""
        name = f"test_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield name
        finally:
            if not keep:
                self.run(f"DROP DATABASE {name} WITH (FORCE)")


@cache
def running_server() -> PostgreSQL:
    """The one server of a test run."""
    folder = Path(tempfile.mkdtemp(prefix="trial-guide-postgresql-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    server = PostgreSQL(folder)
    atexit.register(server.stop)
    return server


def _programs() -> Path:
    """Where Debian keeps the server's programs, or wherever else they are."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    somewhere = found[-1] if found else shutil.which("initdb")
    if not somewhere:
        pytest.fail("PostgreSQL is not installed: apt-get install postgresql", pytrace=False)
    return Path(somewhere).resolve().parent


def _not_root() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it runs as the user that its package brings."""
    if os.geteuid() != 0:
        return {}
    group = pwd.getpwnam("postgres").pw_gid
    return {"user": "postgres", "group": group, "extra_groups": []}
