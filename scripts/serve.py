"""Starts the assistant on this machine: the action server and Rasa, trained first if something has changed; and the
coordinators' console beside it.

It is ready when it has really answered a message. Ctrl-C stops all of it. The ports come from
TRIAL_GUIDE_PORT (5005), TRIAL_GUIDE_ACTIONS_PORT (5055) and TRIAL_GUIDE_CONSOLE_PORT (5010), the folder of the
conversations, records and logs from TRIAL_GUIDE_FOLDER (var). What is set for the patient's page is in
web/settings.py, for the console in review/environment.py.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import socket
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import requests

from accounts.codes import hash_of, new_code
from conversations.database import server
from review.environment import SET_UP_HASH, WRONG, read_everything
from scripts.processes import Child, Children, child_command, listening, stop_on_signals
from scripts.progress import Progress
from scripts.settings import (
    HOME,
    LOOPBACK,
    PORT,
    Settings,
    Trouble,
    check_disk,
    environment,
    private_folder,
    read_settings,
    run_command,
)
from scripts.train import up_to_date_model
from web.settings import LONGEST_BODY

#: Seconds until a start is given up.
START = 180
#: Seconds between two looks whether all still runs.
WATCH = 0.5
#: Fours of letters in the code for the console's first user.
SET_UP_GROUPS = 4
#: The conversation in which the start is tried out, forgotten at once.
TRYING_OUT = "start-up-check"
GREETING = "hello"


def serve(settings: Settings) -> int:
    """Trains, starts, waits for an answer, and watches until Ctrl-C.

    Raises:
        Trouble: if something has to be mended, or a server ends by itself.
    """
    code = new_code(SET_UP_GROUPS)
    with started(settings, code) as children:
        print(invitation(settings, code if awaits_first_user(settings) else None), flush=True)
        with suppress(KeyboardInterrupt):
            while True:
                children.check(vital_only=True)
                for child in children.lost():
                    print(lost(child), file=sys.stderr, flush=True)
                time.sleep(WATCH)
        print("\nStopping …", flush=True)
    print("Stopped. Nothing is left running.", flush=True)
    return 0


@contextmanager
def started(settings: Settings, code: str | None = None) -> Iterator[Children]:
    """The assistant: trained if need be, started, and tried out; stopped at the end.

    ``code`` lets somebody be the first user of the console; without it, nobody knows one.

    Raises:
        Trouble: if something has to be mended.
    """
    os.umask(0o077)
    check_outside()
    check_ports(settings)
    private_folder(settings.folder)
    private_folder(settings.logs)
    check_disk(settings.folder)
    model = up_to_date_model(settings)
    # Training takes a while, and another start may have waited for the same training.
    check_ports(settings)
    with Children() as children:
        with Progress("Starting the assistant") as progress:
            start_console(children, settings, code or new_code(SET_UP_GROUPS))
            start_action_server(children, settings.actions_port, settings.logs / "actions.log", settings.folder)
            start_rasa(children, settings, model)
            progress.note("loading what it has learned")
            # While Rasa still loads.
            wait_for_console(children, settings, progress)
            wait_until_it_answers(children, settings, progress)
        yield children


def check_outside() -> None:
    """Sees that what is set for the patient's page, the stores and the console can be.

    Raises:
        Trouble: if something cannot.
    """
    try:
        read_everything()
    except WRONG as error:
        raise Trouble(str(error)) from error


def check_ports(settings: Settings) -> None:
    """Sees that all ports are free.

    Raises:
        Trouble: if one is not.
    """
    for variable, port in settings.ports.items():
        if port_is_free(port):
            continue
        if answers_as_rasa(port):
            raise Trouble(
                f"An assistant is already running at port {port}, perhaps this one in another terminal. Chat"
                " with it (make shell), or stop it there with Ctrl-C, or start another:"
                f" {variable}={port + 100} make run"
            )
        raise Trouble(
            f"Port {port} is in use by another program. Stop that program, or use another port:"
            f" {variable}={port + 100} make run"
        )


def port_is_free(port: int) -> bool:
    """Whether nothing listens at the port, on loopback or on all addresses."""
    if listening(port):
        return False
    with socket.socket() as probe:
        # As servers do: a connection of a moment ago does not keep a port occupied.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


#: Seconds that an idle connection stays open. Sanic's own 5 are too few: under load Rasa may take longer between
#: opening one to the action server and writing to it, and the person would get no reply.
PATIENT = {"SANIC_KEEP_ALIVE_TIMEOUT": "75"}


def answers_as_rasa(port: int) -> bool:
    """Whether it is Rasa, or an action server, that listens at the port."""
    with suppress(requests.RequestException):
        return (
            "Rasa" in requests.get(f"http://{LOOPBACK}:{port}/", timeout=2).text[:200]
            or requests.get(f"http://{LOOPBACK}:{port}/actions", timeout=2).ok
        )
    return False


def start_action_server(children: Children, port: int, log: Path, folder: Path | None = None) -> None:
    """Starts what `rasa run actions` starts, without importing all of Rasa; on loopback only."""
    command = child_command("rasa_sdk", "--actions", "actions", "--port", str(port), "--quiet")
    # It stores what people agree to share.
    stores = {"TRIAL_GUIDE_FOLDER": str(folder)} if folder else {}
    children.start("The action server", command, environment(SANIC_HOST=LOOPBACK, **stores, **PATIENT), log)


def start_console(children: Children, settings: Settings, code: str) -> None:
    """Starts the coordinators' console; of the code for its first user it is told the hash alone."""
    more = {"TRIAL_GUIDE_FOLDER": str(settings.folder), "TRIAL_GUIDE_CONSOLE_PORT": str(settings.console_port)}
    more[SET_UP_HASH] = hash_of(code)
    log = settings.logs / "console.log"
    # People go on chatting without it.
    children.start("The console", child_command("review"), environment(**more), log).vital = False


def start_rasa(children: Children, settings: Settings, model: Path) -> None:
    """Starts Rasa on loopback with the model that was checked, and without its HTTP API."""
    command = child_command(
        "rasa",
        "run",
        *("--interface", LOOPBACK, "--port", str(settings.port)),
        *("--model", str(model), "--endpoints", str(endpoints(settings)), "--credentials", "credentials.yml"),
        "--quiet",
    )
    # One thread for the sentence vectors: their products are small, and the action server wants a core too.
    limits = {"SANIC_REQUEST_MAX_SIZE": str(LONGEST_BODY), "OPENBLAS_NUM_THREADS": "1"}
    # The page keeps the key that signs its conversations in the folder.
    folder = {"TRIAL_GUIDE_FOLDER": str(settings.folder)}
    children.start("Rasa", command, environment(**limits, **folder, **PATIENT), settings.logs / "rasa.log")


def endpoints(settings: Settings) -> Path:
    """endpoints.yml, or a copy with the port and the folder of this run where they are not the usual."""
    usual = Settings()
    file = HOME / "endpoints.yml"
    if settings == usual or (settings.folder, settings.actions_port) == (usual.folder, usual.actions_port):
        return file
    text = file.read_text()
    text = text.replace(f":{usual.actions_port}/", f":{settings.actions_port}/")
    text = text.replace(str(usual.conversations.relative_to(HOME)), str(settings.conversations))
    copy = settings.folder / "endpoints.yml"
    copy.write_text(text)
    return copy


def wait_until_it_answers(children: Children, settings: Settings, progress: Progress) -> None:
    """Waits until a greeting is answered.

    Raises:
        Trouble: if a server ends, if it takes too long, or if the answer is empty.
    """
    while not (listening(settings.port) and listening(settings.actions_port)):
        children.check()
        if progress.seconds > START:
            raise Trouble(
                f"The assistant was not ready after {START} seconds. The logs are in {settings.logs}."
                " Close other programs if this machine is busy, then run this again."
            )
        time.sleep(0.05)
    progress.note("trying it out")
    try:
        replies = send(settings, GREETING, TRYING_OUT, timeout=60)
        missing = missing_from_page(settings)
    except (requests.RequestException, ValueError) as error:
        children.check()
        raise Trouble(f"Rasa runs but does not answer ({error}). The logs are in {settings.logs}.") from error
    if not replies:
        raise Trouble(
            "Rasa runs but has no answer to a greeting: the model was not loaded, or an action failed."
            f" The logs are in {settings.logs}. `make shell DEBUG=1` shows the error in full;"
            " `python -m scripts.train --force` makes a new model."
        )
    forget(settings.conversations, TRYING_OUT)
    if missing:
        raise Trouble(f"The assistant answers, but its page lacks {', '.join(missing)}. Is the folder web/ complete?")


def wait_for_console(children: Children, settings: Settings, progress: Progress) -> None:
    """Waits until the console shows a page, which it does long before Rasa answers.

    Raises:
        Trouble: if it ends, or if it takes too long.
    """
    while not listening(settings.console_port):
        children.check()
        if progress.seconds > START:
            raise Trouble(f"The console was not ready after {START} seconds. The logs are in {settings.logs}.")
        time.sleep(0.05)
    if not requests.get(f"{settings.console}account/log-in/", timeout=30).ok:
        children.check()
        raise Trouble(f"The console runs but shows no page. The log is {settings.logs / 'console.log'}.")


def lost(child: Child) -> str:
    """What is said of a server that has ended while the chat goes on."""
    return (
        f"\n✗ {child.how_it_ended} The chat goes on without it.\n{child.end_of_log}"
        "  To have it back, stop this with Ctrl-C and run the same command again."
    )


def awaits_first_user(settings: Settings) -> bool:
    """Whether nobody can log in at the console yet."""
    return requests.get(f"{settings.console}account/set-up/", timeout=30).ok


def missing_from_page(settings: Settings) -> list[str]:
    """What the patient's page needs and does not get; nothing, if all is there."""
    page = requests.get(settings.page, timeout=30)
    if not page.ok:
        return [settings.page]
    needed = re.findall(r'(?:href|src)="(static/[^"]+)"', page.text)
    return [name for name in needed if not requests.get(settings.page + name, timeout=30).ok]


def send(settings: Settings, text: str, sender: str, timeout: float = 30) -> list[dict[str, Any]]:
    """Sends a message to the assistant and gives its replies."""
    response = requests.post(settings.webhook, json={"sender": sender, "message": text}, timeout=timeout)
    response.raise_for_status()
    replies: list[dict[str, Any]] = response.json()
    return replies


def forget(conversations: Path, sender: str) -> None:
    """Takes one conversation out of the tracker store."""
    if server():
        # Not for everybody: it takes a moment to import.
        from conversations.events import Events

        Events().erase([sender])
    elif conversations.is_file():
        with suppress(sqlite3.Error), closing(sqlite3.connect(conversations, timeout=5)) as store, store:
            store.execute("DELETE FROM events WHERE sender_id = ?", (sender,))


def invitation(settings: Settings, code: str | None = None) -> str:
    """Where to chat, and where the clinic reads; with the code for its first user, if there is none."""
    ports = "" if settings.port == PORT else f"TRIAL_GUIDE_PORT={settings.port} "
    message = '{"sender": "me", "message": "What was the trial about?"}'
    curl = f"curl -s {settings.webhook} -H 'Content-Type: application/json' -d {shlex.quote(message)}"
    console = read_everything().origin or settings.console.removesuffix("/")
    first = f"                  {console}/account/set-up/ makes the first user, with the code {code}\n" if code else ""
    return (
        f"\nThe assistant is ready.\n"
        f"  In a browser:   {settings.page}\n"
        f"  In a terminal:  {ports}make shell\n"
        f"  By REST:        {settings.webhook}\n"
        f"                  {curl}\n"
        f"  For the clinic: {console}/\n"
        f"{first}"
        f"  Logs:           {settings.logs} (they quote nobody)\n"
        f"  Stop it:        Ctrl-C\n"
    )


def main() -> int:
    """Serves until Ctrl-C."""
    argparse.ArgumentParser(prog="python -m scripts.serve", description=__doc__).parse_args()
    stop_on_signals()
    return serve(read_settings())


if __name__ == "__main__":
    run_command(main)
