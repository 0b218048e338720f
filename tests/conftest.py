"""The assistant, really running: Rasa and its action server, started once for all tests that talk to it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import requests

from scripts.processes import free_port
from scripts.settings import HOME, Settings

#: Seconds for a start, with a training before it.
START = 400


@dataclass(frozen=True)
class Assistant:
    """An assistant that answers by REST; call it, or ``say``, with a message.

    Attributes:
        settings: its ports, and the folder of its conversations and logs.
        process: `python -m scripts.serve`.
        said: what it has printed, line by line.
    """

    settings: Settings
    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)

    def say(self, text: str, sender: str | None = None) -> list[dict[str, Any]]:
        """The replies to a message; without a sender, to the first message of a new conversation."""
        message = {"sender": sender or uuid.uuid4().hex, "message": text}
        response = requests.post(self.settings.webhook, json=message, timeout=30)
        response.raise_for_status()
        replies: list[dict[str, Any]] = response.json()
        return replies

    __call__ = say


@pytest.fixture(scope="session")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """The running assistant, on free ports and with a folder of its own."""
    with running(free_settings(tmp_path_factory.mktemp("assistant"))) as started:
        yield started


def free_settings(folder: Path) -> Settings:
    """Ports that are free, and a folder."""
    return Settings(free_port(), free_port(), folder, free_port())


@contextmanager
def running(settings: Settings, **environment: str) -> Iterator[Assistant]:
    """An assistant that really runs, for a while; ``environment`` are variables beside those of its settings."""
    if settings.console_port == Settings.console_port:
        # Two assistants run at the same time, and one of somebody else may, too.
        settings = replace(settings, console_port=free_port())
    process = subprocess.Popen(
        [sys.executable, "-m", "scripts.serve"],
        cwd=HOME,
        env={**os.environ, **ports_of(settings), **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield Assistant(settings, process, wait_until_ready(process))
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        assert process.stdout
        process.stdout.close()


def ports_of(settings: Settings) -> dict[str, str]:
    """The environment variables that bring these settings about."""
    ports = {name: str(port) for name, port in settings.ports.items()}
    return {**ports, "TRIAL_GUIDE_FOLDER": str(Path(settings.folder))}


def wait_until_ready(process: subprocess.Popen[str]) -> list[str]:
    """Reads what `scripts.serve` says until it is ready; fails with all it has said if it ends before.

    What is given goes on to grow.
    """
    assert process.stdout
    too_long = threading.Timer(START, process.kill)
    too_long.start()
    said: list[str] = []
    try:
        for line in process.stdout:
            said.append(line)
            if line.startswith("The assistant is ready"):
                # The rest would fill the pipe and hold the server up.
                threading.Thread(target=_read_on, args=(process.stdout, said), daemon=True).start()
                return said
    finally:
        too_long.cancel()
    pytest.fail("The assistant did not start:\n" + "".join(said), pytrace=False)


def _read_on(output: Any, said: list[str]) -> None:
    with suppress(ValueError):  # closed at the end of the tests
        for line in output:
            said.append(line)
