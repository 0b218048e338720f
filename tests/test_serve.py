"""Starting the assistant, stopping all of it, and keeping to this machine and to itself what is private."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests
import yaml

from scripts import settings as settings_module
from scripts.child import DiscreetRecord
from scripts.processes import Children, child_command, free_port, listening, stop_on_signals
from scripts.serve import TRYING_OUT, check_ports, endpoints, lost
from scripts.settings import HOME, LOOPBACK, Settings, Trouble, check_disk, private_folder, read_settings
from tests.conftest import Assistant, free_settings, ports_of, running, wait_until_ready

CANARY = "Zephyrine Quillfeather"
SLEEPER = "import time; print('up', flush=True); time.sleep(60)"
#: Ignores the polite signal, and has started a process of its own.
STUBBORN = (
    "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "sleeper = [sys.executable, '-c', 'import time; time.sleep(60)'];"
    "child = subprocess.Popen(sleeper, stdin=subprocess.DEVNULL);"
    "print(child.pid, flush=True); time.sleep(60)"
)


def until(condition: object, seconds: float = 10) -> bool:
    """Whether a condition, a function without arguments, comes true in time."""
    assert callable(condition)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def alive(process: int) -> bool:
    """Whether a process runs; a zombie that nobody has waited for does not."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False)
    return bool(state.stdout.strip()) and not state.stdout.startswith("Z")


@pytest.fixture
def occupied() -> Iterator[int]:
    """A port at which some other program listens."""
    with socket.socket() as other:
        other.bind((LOOPBACK, 0))
        other.listen()
        yield other.getsockname()[1]


def test_ports_and_folder_come_from_the_environment(tmp_path: Path) -> None:
    """The ports and the folder are those of the environment; without any, the usual ones."""
    read = read_settings(
        {
            "TRIAL_GUIDE_PORT": "6005",
            "TRIAL_GUIDE_ACTIONS_PORT": "6055",
            "TRIAL_GUIDE_CONSOLE_PORT": "6010",
            "TRIAL_GUIDE_FOLDER": str(tmp_path),
        }
    )
    assert read == Settings(6005, 6055, tmp_path, 6010)
    assert read.webhook == "http://127.0.0.1:6005/webhooks/rest/webhook"
    assert read.console == "http://127.0.0.1:6010/"
    assert read_settings({}) == Settings(5005, 5055, HOME / "var", 5010)


@pytest.mark.parametrize("said", ["80", "70000", "five", "-1", "５００５"])
def test_a_port_that_is_none_is_named(said: str) -> None:
    """A port that cannot be one is refused, with the variable and an example."""
    with pytest.raises(
        Trouble, match=r"TRIAL_GUIDE_PORT is “.*”\. It must be a number from 1024 to 65535, such as 5005"
    ):
        read_settings({"TRIAL_GUIDE_PORT": said})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("TRIAL_GUIDE_PORT", "TRIAL_GUIDE_ACTIONS_PORT"),
        ("TRIAL_GUIDE_PORT", "TRIAL_GUIDE_CONSOLE_PORT"),
        ("TRIAL_GUIDE_ACTIONS_PORT", "TRIAL_GUIDE_CONSOLE_PORT"),
    ],
)
def test_two_servers_cannot_share_a_port(one: str, other: str) -> None:
    """The same port twice is refused."""
    with pytest.raises(Trouble, match=f"{one} and {other} are both 6005"):
        read_settings({one: "6005", other: "6005"})


def test_a_port_in_use_is_told_with_the_mend(occupied: int) -> None:
    """A port in use is named, with the command that uses another."""
    with pytest.raises(Trouble, match=rf"Port {occupied} is in use by another program\..*: TRIAL_GUIDE_ACTIONS_PORT="):
        check_ports(Settings(free_port(), occupied, console_port=free_port()))
    with pytest.raises(Trouble, match=rf"Port {occupied} is in use by another program\..*: TRIAL_GUIDE_CONSOLE_PORT="):
        check_ports(Settings(free_port(), free_port(), console_port=occupied))


def test_free_ports_are_no_trouble() -> None:
    """Where all ports are free, nothing is said."""
    check_ports(Settings(free_port(), free_port(), console_port=free_port()))


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk with too little room is told before anything is written."""
    monkeypatch.setattr(
        settings_module,
        "shutil",
        SimpleNamespace(disk_usage=lambda folder: SimpleNamespace(free=1_000_000)),
    )
    with pytest.raises(Trouble, match=r"The disk is nearly full: 1 MB are free .*\. Free some space"):
        check_disk(tmp_path)


def test_the_private_folder_is_closed_to_others(tmp_path: Path) -> None:
    """The private folder opens to its owner only, and so do the conversations of an earlier run."""
    folder = tmp_path / "var"
    folder.mkdir(mode=0o755)
    (folder / "conversations.db").touch(mode=0o644)
    private_folder(folder)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "conversations.db").stat().st_mode & 0o777 == 0o600


def test_plain_rasa_finds_the_usual_ports_and_folder() -> None:
    """endpoints.yml names the usual port and tracker store, so that `rasa run` works too."""
    said = yaml.safe_load((HOME / "endpoints.yml").read_text())
    assert said["action_endpoint"]["url"] == "http://127.0.0.1:5055/webhook"
    assert HOME / said["tracker_store"]["db"] == Settings().conversations
    assert endpoints(Settings(port=6005)) == HOME / "endpoints.yml"


def test_other_ports_get_endpoints_of_their_own(tmp_path: Path) -> None:
    """Another port or folder is put into a copy of endpoints.yml."""
    other = Settings(6005, 6055, tmp_path)
    said = yaml.safe_load(endpoints(other).read_text())
    assert said["action_endpoint"]["url"] == "http://127.0.0.1:6055/webhook"
    assert said["tracker_store"]["db"] == str(tmp_path / "conversations.db")


def test_stopping_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopping ends also a process that ignores the polite signal, and what it has started."""
    monkeypatch.setattr("scripts.processes.PATIENCE", 0.3)
    with Children() as children:
        child = children.start("A server", [sys.executable, "-c", STUBBORN], dict(os.environ), tmp_path / "log")
        assert until(lambda: child.log.read_text().endswith("\n"))
        grandchild = int(child.log.read_text())
        assert alive(grandchild)
    assert not alive(child.process.pid)
    assert until(lambda: not alive(grandchild))


def test_a_server_that_dies_is_told(tmp_path: Path) -> None:
    """A server that ends by itself is named, with how it ended and the end of its log."""
    with Children() as children:
        child = children.start("Rasa", [sys.executable, "-c", SLEEPER], dict(os.environ), tmp_path / "log")
        assert until(lambda: "up" in child.log.read_text())
        children.check()
        child.send(signal.SIGKILL)
        child.process.wait()
        with pytest.raises(Trouble, match=r"Rasa has ended by itself \(signal SIGKILL\)[^µ]*    up\n"):
            children.check()


def test_a_server_that_the_others_can_do_without(tmp_path: Path) -> None:
    """One that is not vital is told when it has ended, once, and the others go on; at the start it is vital, too."""
    with Children() as children:
        other = children.start("Rasa", [sys.executable, "-c", SLEEPER], dict(os.environ), tmp_path / "other")
        child = children.start("The console", [sys.executable, "-c", SLEEPER], dict(os.environ), tmp_path / "log")
        child.vital = False
        assert until(lambda: "up" in child.log.read_text())
        assert children.lost() == []
        child.send(signal.SIGKILL)
        child.process.wait()
        with pytest.raises(Trouble, match="The console has ended by itself"):
            children.check()
        children.check(vital_only=True)
        assert children.lost() == [child]
        assert children.lost() == []
        assert not other.ended
        assert "The console has ended by itself (signal SIGKILL). The chat goes on without it." in lost(child)


def test_a_child_does_not_outlive_its_parent(tmp_path: Path) -> None:
    """When the parent is gone, however it went, the child stops by itself."""
    port = free_port()
    with (tmp_path / "log").open("wb") as log:
        child = subprocess.Popen(
            child_command("http.server", str(port), "--bind", LOOPBACK),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd=HOME,
        )
        assert until(lambda: listening(port))
        assert child.stdin
        child.stdin.close()
        assert child.wait(5) == -signal.SIGTERM


def test_a_polite_kill_is_an_interrupt() -> None:
    """SIGTERM and a closed terminal stop things in good order, as Ctrl-C does."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    try:
        stop_on_signals()
        for number in numbers:
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(number)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def record(message: object, *arguments: object, error: BaseException | None = None) -> str:
    """The text of a discreet log record."""
    exc_info = (type(error), error, error.__traceback__) if error else None
    return DiscreetRecord("rasa", logging.ERROR, "/x/agent.py", 7, message, arguments, exc_info).getMessage()


def test_the_log_withholds_what_may_quote_a_user() -> None:
    """Of a log message only the template or the name of the event is kept, with the place."""
    assert record(f"Could not parse {CANARY}") == "(withheld: it may quote a user) [agent.py:7]"
    assert record("Could not parse %s", CANARY) == "Could not parse %s [agent.py:7]"
    structured = '{"event": "rest.message.received.failure", "text": "' + CANARY + '"}'
    assert record(structured) == "rest.message.received.failure [agent.py:7]"
    assert CANARY not in record('{"event": "' + CANARY + '"}')
    assert CANARY not in record("{" + CANARY)


def test_the_log_tells_an_error_without_its_words() -> None:
    """Of an error the log keeps the kinds and the places, also of what caused it, and no words."""
    try:
        try:
            int(CANARY)
        except ValueError as error:
            raise RuntimeError(f"cannot read {CANARY}") from error
    except RuntimeError as error:
        told = record("failed", error=error)
    assert CANARY not in told
    assert "RuntimeError at test_serve.py" in told
    assert "because of ValueError at test_serve.py" in told
    assert "No space left on device" in record("failed", error=OSError(28, CANARY))


# What follows talks to the assistant, really running.


def test_the_assistant_answers_by_rest(assistant: Assistant) -> None:
    """A greeting is answered."""
    assert assistant("hello")[0]["text"]


def test_only_this_machine_reaches_the_assistant(assistant: Assistant) -> None:
    """All servers listen on loopback and on no other address."""
    # Linux routes all of 127/8 to this machine: who listens on every address answers at 127.0.0.2 too.
    for port in assistant.settings.ports.values():
        assert listening(port)
        with socket.socket() as probe:
            probe.settimeout(1)
            assert probe.connect_ex(("127.0.0.2", port)) != 0


@pytest.mark.parametrize("path", ["conversations/x/tracker", "model/parse", "status", "domain", "version"])
def test_rasas_http_api_is_closed(assistant: Assistant, path: str) -> None:
    """Nobody can read conversations or change models by HTTP."""
    url = f"http://{LOOPBACK}:{assistant.settings.port}/{path}"
    assert requests.get(url, timeout=5).status_code == 404
    assert requests.post(url, json={"text": "hello"}, timeout=5).status_code == 404


def test_a_flood_of_text_is_refused(assistant: Assistant) -> None:
    """A request far longer than any question is refused, and the next one is answered."""
    message = {"sender": "flood", "message": "a" * 20_000}
    assert requests.post(assistant.settings.webhook, json=message, timeout=10).status_code == 413
    assert assistant("hello")


def test_no_log_quotes_a_user(assistant: Assistant) -> None:
    """What people say is in no log, not even where it cannot be read, and not in what the start prints."""
    assistant(f"my name is {CANARY} and my tumour is back")
    assistant(f'/no_such_intent{{"name": "{CANARY}"}}')
    assistant(f"/greet{{{CANARY}")
    requests.post(assistant.settings.webhook, data=f"{{{CANARY}", timeout=10)
    logs = [file for file in assistant.settings.logs.iterdir() if file.is_file()]
    assert {"rasa.log", "actions.log", "console.log"} <= {file.name for file in logs}
    for file in logs:
        assert CANARY.split()[0] not in file.read_text(errors="replace")
        assert file.stat().st_mode & 0o777 == 0o600


def test_conversations_are_for_their_owner_only(assistant: Assistant) -> None:
    """The tracker store cannot be read by others, and the trial of the start has left nothing in it."""
    assistant("hello")
    conversations = assistant.settings.conversations
    assert conversations.stat().st_mode & 0o777 == 0o600
    assert conversations.parent.stat().st_mode & 0o777 == 0o700
    store = sqlite3.connect(conversations)
    try:
        senders = {sender for (sender,) in store.execute("SELECT DISTINCT sender_id FROM events")}
    finally:
        store.close()
    assert senders
    assert TRYING_OUT not in senders


def test_a_second_start_says_that_one_runs(assistant: Assistant) -> None:
    """Started twice, the second says that one is running, and what to do."""
    second = subprocess.run(
        [sys.executable, "-m", "scripts.serve"],
        cwd=HOME,
        env={**os.environ, **ports_of(assistant.settings)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert second.returncode == 1
    assert f"An assistant is already running at port {assistant.settings.port}" in second.stderr
    assert "make shell" in second.stderr
    assert assistant("hello")


def children_of(process: int) -> dict[str, int]:
    """The processes that a process has started, by which server they are."""
    listing = subprocess.run(["ps", "-e", "-ww", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True)
    rows = [line.split(None, 2) for line in listing.stdout.splitlines()]
    names = {"rasa_sdk": "actions", "review": "console", "rasa": "rasa"}
    mine = [row for row in rows if row[1] == str(process)]
    return {next(name for word, name in names.items() if f" {word}" in row[2]): int(row[0]) for row in mine}


def test_the_console_comes_up_with_the_chat(assistant: Assistant) -> None:
    """Ready means that the console shows its first page, too; before there is a user, the set-up."""
    page = requests.get(assistant.settings.console, timeout=10)
    assert page.ok
    assert "Set up the console" in page.text


def test_the_chat_goes_on_without_the_console(tmp_path: Path) -> None:
    """When the console dies by itself, that is told, and the chat answers; the code for the first user was told."""
    settings = free_settings(tmp_path)
    with running(settings) as assistant:
        servers = children_of(assistant.process.pid)
        assert servers.keys() == {"actions", "rasa", "console"}
        said = "".join(assistant.said)
        assert f"{settings.console}account/set-up/ makes the first user, with the code " in said
        code = said.rsplit("with the code ", 1)[1].split()[0]
        assert all(code not in file.read_text(errors="replace") for file in settings.logs.iterdir())
        os.kill(servers["console"], signal.SIGKILL)
        assert until(lambda: "The console has ended by itself (signal SIGKILL)" in "".join(assistant.said))
        assert not listening(settings.console_port)
        assert assistant("hello")[0]["text"]
    assert not any(alive(server) for server in servers.values())


def test_when_rasa_dies_the_rest_stops(tmp_path: Path) -> None:
    """When Rasa dies by itself, the action server is stopped, the reason is told, and the status is not 0."""
    settings = free_settings(tmp_path)
    serving = subprocess.Popen(
        [sys.executable, "-m", "scripts.serve"],
        cwd=HOME,
        env={**os.environ, **ports_of(settings)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with serving:
        try:
            wait_until_ready(serving)
            servers = children_of(serving.pid)
            assert servers.keys() == {"actions", "rasa", "console"}
            os.kill(servers["rasa"], signal.SIGKILL)
            assert serving.wait(15) == 1
            assert serving.stderr
            assert "Rasa has ended by itself (signal SIGKILL)" in serving.stderr.read()
            assert not any(alive(server) for server in servers.values())
        finally:
            serving.kill()
