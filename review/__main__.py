"""Serves the coordinators' console on this machine. `make run` starts it beside the assistant.

What is set from outside is in review/environment.py. To be stopped with Ctrl-C.
"""

from __future__ import annotations

import argparse
import os

from conversations.database import data_folder, server
from review.environment import CONSOLE_PORT, SET_UP_HASH, WRONG, ConsoleSettings, read_everything
from scripts.child import be_discreet
from scripts.processes import listening, stop_on_signals
from scripts.settings import LOOPBACK, Trouble, private_folder, run_command

SETTINGS = "review.settings"
#: Bytes of a request, all told; forms are held to less by Django.
LONGEST_REQUEST = 1_048_576
THREADS = 4
#: Where there is not enough for all, the chat comes first, at the start above all.
COURTESY = 10


def check_settings() -> ConsoleSettings:
    """The settings of the console, once all is seen to be as it should be.

    Raises:
        Trouble: if something is not.
    """
    try:
        return read_everything()
    except WRONG as error:
        raise Trouble(str(error)) from error


def prepare() -> None:
    """Sets Django up and makes the tables.

    Raises:
        Trouble: if the database cannot be reached.
    """
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    import django

    django.setup()
    from django.db import DatabaseError

    from records.ready import ready

    try:
        ready()
    except DatabaseError as error:
        raise Trouble(where_it_should_be()) from error


def where_it_should_be() -> str:
    """What to do about a database that does not answer."""
    there = server()
    if there:
        return (
            f"The database {there.name} at {there.host}:{there.port} cannot be used. See that PostgreSQL runs there,"
            f" and that the user {there.user} with the password in TRIAL_GUIDE_DATABASE may use and change it."
        )
    return (
        f"The database in {data_folder()} cannot be used. See that the folder may be written to, that the disk is not"
        " full, and that records.db in it is not damaged."
    )


def keep_code() -> str | None:
    """Keeps the hash of the code for the first user; gives the code, if it has to be printed here."""
    from accounts.codes import hash_of
    from accounts.set_up import keep_set_up_code, new_set_up_code

    given = os.environ.pop(SET_UP_HASH, None)
    if given:
        keep_set_up_code(given)
        return None
    code = new_set_up_code()
    return code if keep_set_up_code(hash_of(code)) else None


def serve(settings: ConsoleSettings) -> int:
    """Serves until Ctrl-C."""
    import waitress

    from records.erasing import purge_from_now_on
    from review.wsgi import application

    purge_from_now_on()
    waitress.serve(
        application,
        host=LOOPBACK,
        port=settings.port,
        threads=THREADS,
        ident=None,
        max_request_body_size=LONGEST_REQUEST,
        # Where a proxy of ours has written them; else nobody may say who they are.
        clear_untrusted_proxy_headers=not settings.proxies,
        # Who asks for what is written down nowhere.
        _quiet=True,
    )
    return 0


def set_up_notice(settings: ConsoleSettings, code: str) -> str:
    """Where and how the first user is made."""
    return f"{settings.address}account/set-up/  with the code  {code}"


def main() -> int:
    """Checks, prepares, serves."""
    parser = argparse.ArgumentParser(prog="python -m review", description=__doc__)
    parser.parse_args()
    os.umask(0o077)
    os.nice(COURTESY)
    stop_on_signals()
    be_discreet()
    settings = check_settings()
    if listening(settings.port):
        raise Trouble(
            f"Port {settings.port} is in use, perhaps by this console in another terminal. Stop it there, or use"
            f" another: {CONSOLE_PORT}={settings.port + 100} .venv/bin/python -m review"
        )
    private_folder(data_folder())
    prepare()
    code = keep_code()
    print(f"The console is at {settings.address}", flush=True)
    if code:
        print(f"There is no user yet. Make the first one at {set_up_notice(settings, code)}", flush=True)
    return serve(settings)


if __name__ == "__main__":
    run_command(main)
