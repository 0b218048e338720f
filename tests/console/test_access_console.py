"""The console as a process of its own: it starts, says what is wrong, keeps to this machine, and writes down nobody."""

from __future__ import annotations

import os
import re
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from scripts.processes import free_port, listening
from scripts.settings import HOME, LOOPBACK
from tests.console.browser.seeding import seeded
from tests.django_setup import PASSWORD

CANARY = "Zephyrine-Quillfeather"
#: Seconds for a start.
START = 60


@dataclass
class Console:
    """A console that runs.

    Attributes:
        said: what it has printed, line by line.
    """

    address: str
    folder: Path
    process: subprocess.Popen[str]
    said: list[str]

    @property
    def code(self) -> str | None:
        """The set-up code that was printed."""
        found = re.search(r"with the code\s+(\S+)", "".join(self.said))
        return found[1] if found else None

    def page(self, path: str, session: requests.Session | None = None, **given: object) -> requests.Response:
        """A page."""
        url = self.address + path
        return (session or requests.Session()).get(url, timeout=20, allow_redirects=False, **given)  # type: ignore[arg-type]

    def send(self, path: str, session: requests.Session, **form: str) -> requests.Response:
        """Sends a form as the page does."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.page(path, session).text)
        form["csrfmiddlewaretoken"] = token[1] if token else ""
        return session.post(self.address + path, form, timeout=20, allow_redirects=False)


def environment(folder: Path, **more: str) -> dict[str, str]:
    """The environment of a console."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TRIAL_GUIDE_")}
    return {**kept, "TRIAL_GUIDE_FOLDER": str(folder), "PYTHONUNBUFFERED": "1", **more}


@contextmanager
def running(folder: Path) -> Iterator[Console]:
    """A console that really runs, for a while."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "review"],
        cwd=HOME,
        env=environment(folder, TRIAL_GUIDE_CONSOLE_PORT=str(port)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said: list[str] = []
    assert process.stdout
    reader = threading.Thread(target=said.extend, args=(process.stdout,))
    reader.start()
    try:
        until = time.monotonic() + START
        while not listening(port):
            assert process.poll() is None, said
            assert time.monotonic() < until
            time.sleep(0.05)
        yield Console(f"http://{LOOPBACK}:{port}", folder, process, said)
    finally:
        process.terminate()
        process.wait(20)
        reader.join()
        process.stdout.close()


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A console with a first user: ada, PASSWORD."""
    with running(tmp_path_factory.mktemp("console")) as console:
        assert console.code
        form = {"username": "ada", "password1": PASSWORD, "password2": PASSWORD}
        made = console.send("/account/set-up/", requests.Session(), code=console.code, **form)
        assert made.headers["Location"] == "/account/users/", made.text
        yield console


def refused(folder: Path, **more: str) -> str:
    """What is printed by a start that comes to nothing."""
    told = subprocess.run(
        [sys.executable, "-m", "review"],
        cwd=HOME,
        env=environment(folder, **more),
        capture_output=True,
        text=True,
        timeout=START,
        check=False,
    )
    assert told.returncode == 1
    assert "Traceback" not in told.stderr
    return told.stderr


def test_help() -> None:
    """It says what it does."""
    command = [sys.executable, "-m", "review", "--help"]
    told = subprocess.run(command, cwd=HOME, capture_output=True, text=True, check=True)
    assert "coordinators' console" in told.stdout


def test_it_keeps_to_this_machine(console: Console) -> None:
    """It listens on loopback and on no other address."""
    port = int(console.address.rsplit(":", 1)[1])
    # Linux routes all of 127/8 to this machine: who listens on every address answers at 127.0.0.2 too.
    with socket.socket() as probe:
        probe.settimeout(1)
        assert probe.connect_ex(("127.0.0.2", port)) != 0


def test_the_first_user_logs_in(console: Console) -> None:
    """With the name and password of the set-up; styles are served beside the pages."""
    session = requests.Session()
    assert console.send("/account/log-in/", session, username="ada", password=PASSWORD).status_code == 302
    page = console.page("/account/users/", session)
    assert "ada" in page.text
    for name in re.findall(r'href="(/static/[^"]+)"', page.text):
        assert console.page(name).status_code == 200, name
    assert console.page("/", session).status_code == 403
    assert console.page("/account/set-up/").status_code == 404


def test_a_forged_form_is_refused(console: Console) -> None:
    """Without the token of its own page, a form changes nothing."""
    session = requests.Session()
    console.send("/account/log-in/", session, username="ada", password=PASSWORD)
    form = {"username": "mallory", "role": "lead"}
    response = session.post(f"{console.address}/account/users/new/", form, timeout=20)
    assert response.status_code == 403
    assert "Please send it again" in response.text
    origin = {"Origin": "https://evil.example"}
    token = session.cookies["trial_guide_form"]
    forged = session.post(
        f"{console.address}/account/users/new/", {**form, "csrfmiddlewaretoken": token}, headers=origin, timeout=20
    )
    assert forged.status_code == 403
    assert "mallory" not in console.page("/account/users/", session).text


def test_a_flood_is_refused(console: Console) -> None:
    """A form far longer than any note is refused, a request longer still is not even read; both without an error."""
    session = requests.Session()
    console.page("/account/log-in/", session)
    for length, statuses in ((200_000, {400}), (2_000_000, {413})):
        response = session.post(f"{console.address}/account/log-in/", {"username": "x" * length}, timeout=20)
        assert response.status_code in statuses
    assert console.page("/account/log-in/").status_code == 200


def test_no_file_quotes_anybody(console: Console) -> None:
    """What was typed as a name, an address, a password, a header or a code is in no file and nothing printed."""
    session = requests.Session()
    for name, password in ((CANARY, "x"), ("ada", CANARY)):
        assert "not right" in console.send("/account/log-in/", session, username=name, password=password).text
    headers = {"User-Agent": "plain", "X-Forwarded-For": CANARY, "Referer": f"http://{CANARY}/"}
    for path in (f"/{CANARY}/", f"/records/{CANARY}/", f"/?{CANARY}", f"/account/invitation/{CANARY}/{CANARY}/"):
        assert console.page(path, headers=headers).status_code in (200, 302, 404)
    console.page("/", headers={"Host": f"{CANARY}.example"})
    session.post(f"{console.address}/account/log-in/", {"username": CANARY, "csrfmiddlewaretoken": CANARY}, timeout=20)
    for file in console.folder.rglob("*"):
        if file.is_file():
            assert CANARY.encode() not in file.read_bytes(), file
            assert file.stat().st_mode & 0o077 == 0, file
    assert CANARY not in "".join(console.said)
    assert "127.0.0.1 -" not in "".join(console.said)


def test_a_second_start_asks_for_no_code(console: Console) -> None:
    """Where there is a user, no code is printed; sessions outlive the start."""
    with running(console.folder) as second:
        assert second.code is None
        assert second.page("/account/set-up/").status_code == 404


def test_an_error_says_nothing_of_anybody(tmp_path: Path) -> None:
    """With a broken database the page says that it is not the reader's fault, the log where, and neither what."""
    with running(tmp_path) as console:
        with closing(sqlite3.connect(tmp_path / "records.db")) as database:
            database.execute("DROP TABLE accounts_setupcode")
            database.commit()
        form = {"code": CANARY, "username": CANARY, "password1": CANARY, "password2": CANARY}
        response = console.send("/account/set-up/", requests.Session(), **form)
        assert response.status_code == 500
        assert "Something went wrong here" in response.text
        assert response.headers["Cache-Control"] == "no-store, private"
        assert "'none'" in response.headers["Content-Security-Policy"]
        assert CANARY not in response.text
        until = time.monotonic() + 10
        while "OperationalError" not in "".join(console.said) and time.monotonic() < until:
            time.sleep(0.05)
        assert "OperationalError at" in "".join(console.said)
        assert CANARY not in "".join(console.said)


def test_a_start_erases_what_is_over(tmp_path: Path) -> None:
    """Without anybody asking for it: what was shared 181 days ago is gone a moment after the start, the rest is not."""
    seed = seeded(tmp_path, PASSWORD, *({"outcome": "possible_match", "days_ago": days} for days in (181, 179)))

    def kept() -> set[str]:
        with closing(sqlite3.connect(tmp_path / "records.db", timeout=20)) as database:
            return {reference for (reference,) in database.execute("SELECT reference FROM records_record")}

    over, young = seed.reference(0), seed.reference(1)
    assert kept() == {over, young}
    with running(tmp_path):
        until = time.monotonic() + 20
        while over in kept() and time.monotonic() < until:
            time.sleep(0.05)
        assert kept() == {young}


def test_a_wrong_setting_stops_the_start(tmp_path: Path) -> None:
    """It is told in words, not as a traceback."""
    assert "TRIAL_GUIDE_SECOND_FACTOR is “maybe”" in refused(tmp_path, TRIAL_GUIDE_SECOND_FACTOR="maybe")


def test_a_port_in_use_is_told(tmp_path: Path) -> None:
    """With the command that uses another."""
    with socket.socket() as other:
        other.bind((LOOPBACK, 0))
        other.listen()
        port = other.getsockname()[1]
        told = refused(tmp_path, TRIAL_GUIDE_CONSOLE_PORT=str(port))
    assert f"Port {port} is in use" in told
    assert "TRIAL_GUIDE_CONSOLE_PORT=" in told


def test_a_database_that_does_not_answer_is_told(tmp_path: Path) -> None:
    """Which it is and what to see to, and not the password."""
    address = f"postgresql://guide:geheim@{LOOPBACK}:{free_port()}/records"
    told = refused(tmp_path, TRIAL_GUIDE_DATABASE=address)
    assert "The database records at 127.0.0.1:" in told
    assert "See that PostgreSQL runs there" in told
    assert "geheim" not in told


def test_a_damaged_database_is_told(tmp_path: Path) -> None:
    """A file that is no database stops the start, in words."""
    (tmp_path / "records.db").write_bytes(b"no database" * 1000)
    assert "records.db in it is not damaged" in refused(tmp_path)
