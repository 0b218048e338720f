"""Child processes that are started together, watched together, and stopped together."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType, TracebackType

from scripts.settings import HOME, LOOPBACK, Trouble

#: Seconds a process gets to stop by itself.
PATIENCE = 5.0


class Child:
    """One process and whatever it starts, in a process group of its own.

    Attributes:
        name: for a person, as in “the action server”.
        log: where its output goes.
        vital: whether the others are of no use without it.
    """

    vital = True

    def __init__(self, name: str, command: Sequence[str], environment: dict[str, str], log: Path) -> None:
        self.name = name
        self.log = log
        with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as output:
            # The pipe is the lifeline of scripts.child: it closes when this process ends, even by SIGKILL.
            self.process = subprocess.Popen(
                command,
                cwd=HOME,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def ended(self) -> bool:
        """Whether it runs no more."""
        return self.process.poll() is not None

    def send(self, number: signal.Signals) -> None:
        """Sends a signal to the process and to all it has started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)

    @property
    def how_it_ended(self) -> str:
        """That it has ended, and how."""
        return f"{self.name} has ended by itself ({how_it_ended(self.process.returncode)})."

    @property
    def end_of_log(self) -> str:
        """The end of its log, with where it lies."""
        return f"  The end of {self.log}:\n{self.last_lines()}\n"

    def last_lines(self, count: int = 8) -> str:
        """The end of its log."""
        with contextlib.suppress(OSError):
            lines = self.log.read_text(errors="replace").splitlines()
            return "\n".join(f"    {line[:300]}" for line in lines[-count:])
        return ""


class Children:
    """Processes that live and die together; used as ``with Children() as children``."""

    def __init__(self) -> None:
        self._children: list[Child] = []
        self._lost: list[Child] = []

    def start(self, name: str, command: Sequence[str], environment: dict[str, str], log: Path) -> Child:
        """Starts one more."""
        child = Child(name, command, environment, log)
        self._children.append(child)
        return child

    def check(self, vital_only: bool = False) -> None:
        """Sees that all still run; or those without which the others are of no use.

        Raises:
            Trouble: if one has ended by itself.
        """
        for child in self._children:
            if child.ended and (child.vital or not vital_only):
                raise Trouble(
                    f"{child.how_it_ended} Everything else was stopped too.\n{child.end_of_log}"
                    "  Run the same command again; if it happens again, the log says where."
                )

    def lost(self) -> list[Child]:
        """Those that have ended by themselves since this was last asked, and that the others can do without."""
        lost = [child for child in self._children if child.ended and not child.vital and child not in self._lost]
        self._lost += lost
        return lost

    def stop(self) -> None:
        """Stops them all: gently, then by force. A second Ctrl-C does not cut it short."""
        before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            for child in self._children:
                child.send(signal.SIGTERM)
            until = time.monotonic() + PATIENCE
            for child in self._children:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.process.wait(max(0.0, until - time.monotonic()))
                child.send(signal.SIGKILL)
                child.process.wait()
                if child.process.stdin:
                    child.process.stdin.close()
            self._children.clear()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def __enter__(self) -> Children:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def how_it_ended(status: int) -> str:
    """An exit status in words."""
    if status >= 0:
        return f"status {status}"
    try:
        return f"signal {signal.Signals(-status).name}"
    except ValueError:
        return f"signal {-status}"


def stop_on_signals() -> None:
    """Makes a closed terminal and a polite kill do what Ctrl-C does.

    Also where the command was started in the background by a shell, which has Ctrl-C ignored.
    """

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)


def child_command(module: str, *arguments: str, discreet: bool = True) -> list[str]:
    """The command line of a child, see scripts.child."""
    guard = ["--discreet"] if discreet else []
    return [sys.executable, "-m", "scripts.child", *guard, module, *arguments]


def listening(port: int) -> bool:
    """Whether something on this machine takes connections at the port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
