"""Talk to the assistant in the terminal: the model and the actions that are served, and nothing is stored.

Type a question, or the number, letter or words of a button. /quit or Ctrl-D ends. It reads from a pipe too:
`printf 'hello\\nbye\\n' | make shell`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import shutil
import sys
import tempfile
import textwrap
import time
import uuid
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any

from scripts.child import leave_out_jax
from scripts.processes import Children, free_port, listening, stop_on_signals
from scripts.progress import Progress
from scripts.serve import start_action_server
from scripts.settings import (
    LOOPBACK,
    Settings,
    Trouble,
    environment,
    private_folder,
    read_settings,
    run_command,
)
from scripts.train import up_to_date_model

if TYPE_CHECKING:
    from rasa.core.agent import Agent

#: Wider lines are hard to read.
WIDEST = 90
PROMPT = "you> "
ENDS = ("/quit", "/exit", "/stop")


#: Kinds of pre-screening questions (``custom.question.input``) to which “2” is an answer, not the second button.
TAKES_NUMBERS = ("integer", "date", "blood_pressure", "lab")


@dataclass
class Screen:
    """What is shown of a conversation, and which buttons are there to be picked.

    Attributes:
        width: of a line.
        dim: whether the terminal can show a line dim.
        buttons: of the last reply, title and payload.
        lettered: whether they are picked by a letter, because a number is an answer to the open question.
    """

    width: int = 80
    dim: bool = False
    buttons: list[tuple[str, str]] = field(default_factory=list)
    lettered: bool = False

    def picked(self, typed: str) -> str:
        """What the assistant gets for what was typed: a button's payload, or the words as they are."""
        for title, payload in self.buttons:
            if typed.casefold() == title.casefold():
                return payload
        for number, (_, payload) in enumerate(self.buttons):
            if typed.casefold() == self._mark(number):
                return payload
        return typed

    def _mark(self, number: int) -> str:
        """What a button is picked by."""
        return ascii_lowercase[number % 26] if self.lettered else str(number + 1)

    def show(self, replies: Sequence[Mapping[str, Any]]) -> str:
        """The replies to one message as lines of text."""
        self.buttons = []
        questions = [(reply.get("custom") or {}).get("question") or {} for reply in replies]
        self.lettered = any(question.get("input") in TAKES_NUMBERS for question in questions)
        lines: list[str] = []
        for reply in replies:
            for paragraph in str(reply.get("text") or "").split("\n"):
                lines += textwrap.wrap(paragraph, self.width) or [""] if reply.get("text") else []
            for button in reply.get("buttons") or ():
                lines.append(f"  {self._mark(len(self.buttons))}  {button['title']}")
                self.buttons.append((button["title"], button["payload"]))
        return "\n".join(lines) if lines else "(no answer)"

    def aside(self, text: str) -> str:
        """A line that is not part of the conversation."""
        return f"\033[2m{text}\033[0m" if self.dim else text


def how_understood(parsed: Mapping[str, Any], replies: Sequence[Mapping[str, Any]], seconds: float) -> str:
    """One line on a turn: topics, confidence, entities, sources, and how long it took."""
    intent = parsed.get("intent") or {}
    told = [f"{intent.get('name') or 'no topic'} {intent.get('confidence') or 0:.2f}"]
    entities = [f"{entity.get('entity')}={entity.get('value')}" for entity in parsed.get("entities") or ()]
    if entities:
        told.append(", ".join(dict.fromkeys(entities)))
    for reply in replies:
        custom = reply.get("custom") or {}
        if custom:
            told.append(str(custom.get("kind")) + (f" {custom['topic']}" if custom.get("topic") else ""))
        if custom.get("criterion"):
            told.append(f"rule {custom['criterion']}")
        if custom.get("sources"):
            told.append("sources: " + ", ".join(custom["sources"]))
        if custom.get("also"):
            told.append("also: " + ", ".join(str(other.get("topic")) for other in custom["also"]))
    told.append(f"{seconds * 1000:.0f} ms")
    return "· " + " · ".join(told)


def typed_lines() -> Iterator[str]:
    """What is typed; or what comes through a pipe, shown too, so that the output reads as a conversation."""
    if sys.stdin.isatty():
        with contextlib.suppress(ImportError):
            import readline  # noqa: F401 (its import gives input() a history)
        with contextlib.suppress(EOFError):
            while True:
                yield input(PROMPT)
        print()
        return
    for line in sys.stdin:
        print(f"{PROMPT}{line.rstrip()}", flush=True)
        yield line


async def converse(agent: Agent, lines: Iterator[str], screen: Screen, *, debug: bool) -> None:
    """Answers line by line until the lines or the patience end."""
    from rasa.core.channels.channel import CollectingOutputChannel

    sender = uuid.uuid4().hex
    for line in lines:
        typed = line.strip()
        if not typed:
            continue
        if typed.casefold() in ENDS:
            break
        began = time.perf_counter()
        replies = await agent.handle_text(screen.picked(typed), CollectingOutputChannel(), sender) or []
        seconds = time.perf_counter() - began
        print(f"\n{screen.show(replies)}\n", flush=True)
        if debug:
            tracker = await agent.tracker_store.retrieve(sender)
            message = tracker.latest_message if tracker else None
            print(
                screen.aside(how_understood(message.parse_data if message else {}, replies, seconds)) + "\n",
                flush=True,
            )


def load(model: Path, actions_port: int, *, debug: bool) -> Agent:
    """The agent, in this process: no port is opened, and its tracker store is memory.

    Raises:
        Trouble: if the model cannot be loaded.
    """
    os.environ.update(environment())
    sys.dont_write_bytecode = False
    leave_out_jax()
    # Rasa's imports warn of what other packages will change one day, whatever filters are set.
    show, warnings.showwarning = warnings.showwarning, lambda *warning, **more: None
    from rasa.core.agent import load_agent
    from rasa.core.utils import AvailableEndpoints
    from rasa.utils.common import configure_logging_and_warnings
    from rasa.utils.endpoints import EndpointConfig
    from rasa.utils.log_utils import configure_structlog

    level = logging.WARNING if debug else logging.ERROR
    configure_logging_and_warnings(level)
    configure_structlog(level)
    endpoints = AvailableEndpoints(action=EndpointConfig(url=f"http://{LOOPBACK}:{actions_port}/webhook"))
    agent: Agent = asyncio.run(load_agent(model_path=str(model), endpoints=endpoints))
    if debug:
        warnings.showwarning = show
    if not agent.is_ready():
        raise Trouble("The model could not be loaded. `python -m scripts.train --force` makes a new one.")
    return agent


def action_server(children: Children, settings: Settings, folder: Path) -> int:
    """The port of an action server of its own, which keeps what is shared in a folder that goes with it."""
    port = free_port()
    start_action_server(children, port, settings.logs / "shell-actions.log", folder)
    return port


def wait_for(children: Children, port: int) -> None:
    """Waits until the action server listens.

    Raises:
        Trouble: if it ends, or takes too long.
    """
    until = time.monotonic() + 60
    while not listening(port):
        children.check()
        if time.monotonic() > until:
            raise Trouble("The action server was not ready after a minute. Run this again.")
        time.sleep(0.05)


def main() -> int:
    """Talks until the end."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.shell",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--debug", action="store_true", help="show topic, confidence, entities and sources of each turn"
    )
    arguments = parser.parse_args()
    stop_on_signals()
    settings = read_settings()
    model = up_to_date_model(settings)
    private_folder(settings.folder)
    private_folder(settings.logs)
    terminal = sys.stdout.isatty()
    screen = Screen(min(WIDEST, shutil.get_terminal_size().columns), dim=terminal)
    # What is shared in a trial run is a trial run, too: it goes with this folder.
    with tempfile.TemporaryDirectory() as folder, Children() as children:
        with Progress("Starting the assistant"):
            port = action_server(children, settings, Path(folder))
            agent = load(model, port, debug=arguments.debug)
            wait_for(children, port)
        print(screen.aside("Ask a question, or pick a button by its number or letter. /quit ends.\n"), flush=True)
        asyncio.run(converse(agent, typed_lines(), screen, debug=arguments.debug))
    return 0


if __name__ == "__main__":
    run_command(main)
