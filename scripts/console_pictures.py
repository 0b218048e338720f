"""The console in every state, to be looked at and tested: with made-up records, and no assistant beside it.

scripts/screenshots.py takes the pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from accounts.codes import new_code
from scripts.processes import Children, free_port
from scripts.progress import Progress
from scripts.serve import SET_UP_GROUPS, start_console, wait_for_console
from scripts.settings import Settings, private_folder

PASSWORD = "a long enough passphrase"
COOKIE = "trial_guide_console"
COORDINATOR, LEAD, ADMINISTRATOR = "carla", "luca", "ada"
USERS: Mapping[str, str] = {COORDINATOR: "coordinator", LEAD: "lead", ADMINISTRATOR: "administrator"}
LONG = "Called at nine, no answer; a message was left.\nHer daughter calls back tomorrow.\n" + "x" * 90
#: What is shown: each outcome, each state, and some that are out of the ordinary.
RECORDS: Sequence[Mapping[str, Any]] = (
    {
        "outcome": "possible_match",
        "days_ago": 2,
        "name": "Maria Anna Verdi-Castelnuovo",
        "phone": "+39 059 422 2640",
        "email": "maria.verdi.castelnuovo@posta.example.org",
        "assigned_to": COORDINATOR,
        "said": {"age_years": "seventy-two, " + "v" * 70 + " <b>not bold</b>"},
        "skipped": {"dialysis": "dont_know", "margins_clear": "rather_not"},
        "notes": [LONG, "Operation report is on its way from Modena."],
    },
    {"outcome": "not_yet", "days_ago": 45, "status": "in_review", "assigned_to": COORDINATOR},
    {"outcome": "not_yet", "days_ago": 1, "email": "p@example.org"},
    {"outcome": "unclear", "days_ago": 9, "rules_version": "0badc0ffee12", "but": {"labs_date": None}},
    {"outcome": "not_a_match", "days_ago": 12, "status": "closed"},
    {"outcome": "possible_match", "days_ago": 20, "status": "referred", "assigned_to": LEAD},
    {"outcome": "unclear", "days_ago": 31, "status": "called"},
)


@dataclass(frozen=True)
class ConsoleState:
    """A page of the console.

    Attributes:
        path: its address; {id} is that of a record.
        user: who looks at it; empty for somebody who is not logged in.
        show: what is done there first.
        record: which of RECORDS.
    """

    path: str = ""
    user: str = LEAD
    show: Callable[[Page], None] = lambda page: None
    record: int = 0


def press(page: Page, name: str) -> None:
    """Presses a button that sends a form."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def write(page: Page, label: str, text: str, button: str) -> None:
    """Fills in a field and sends its form."""
    page.get_by_label(label).fill(text)
    press(page, button)


def wrong_password(page: Page) -> None:
    """A login that went wrong."""
    page.get_by_label("Username").fill(COORDINATOR)
    write(page, "Password", "not the password", "Log in")


def locked_out(page: Page) -> None:
    """Too many of them, or one more after that."""
    while page.get_by_label("Username").count():
        page.get_by_label("Username").fill("nobody")
        write(page, "Password", "not the password", "Log in")


def in_second_factor(page: Page) -> None:
    """The picture for the app; a second time, it is there already."""
    if page.get_by_role("button", name="Set it up", exact=True).count():
        press(page, "Set it up")


def add_user(page: Page) -> None:
    """The link for somebody new; or, the next time, that there is such a user."""
    page.get_by_label("Role").select_option("coordinator")
    write(page, "Username", f"nora-{page.evaluate('Date.now()')}", "Add")


def open_menu(page: Page) -> None:
    """The user's own menu."""
    page.locator(".menu summary").click()


def open_filters(page: Page) -> None:
    """What the list can be narrowed by."""
    page.locator(".filters summary").click()


CONSOLE: dict[str, ConsoleState] = {
    "console-log-in": ConsoleState("account/log-in/", ""),
    "console-wrong-password": ConsoleState("account/log-in/", "", wrong_password),
    "console-locked-out": ConsoleState("account/log-in/", "", locked_out),
    "console-list": ConsoleState(show=open_filters),
    "console-list-of-coordinator": ConsoleState("?assigned=me", COORDINATOR),
    "console-list-empty": ConsoleState("?state=closed&outcome=unclear"),
    "console-not-found": ConsoleState(show=lambda page: write(page, "Find by reference", "RS-222-222", "Find")),
    "console-record": ConsoleState("records/{id}/"),
    "console-record-of-coordinator": ConsoleState("records/{id}/", COORDINATOR, record=1),
    "console-record-no-match": ConsoleState("records/{id}/", record=4),
    "console-note-too-long": ConsoleState(
        "records/{id}/", show=lambda page: write(page, "New note", "word " * 2_000, "Save the note")
    ),
    "console-judged-again": ConsoleState("records/{id}/judge-again/", record=3),
    "console-delete": ConsoleState("records/{id}/delete/"),
    "console-delete-wrong": ConsoleState(
        "records/{id}/delete/", show=lambda page: write(page, "To be sure", "RS-222-222", "Delete for good")
    ),
    "console-calendar": ConsoleState("calendar/"),
    "console-numbers": ConsoleState("numbers/"),
    "console-audit": ConsoleState("audit/"),
    "console-menu": ConsoleState("calendar/", show=open_menu),
    "console-password": ConsoleState("account/password/"),
    "console-second-factor": ConsoleState("account/second-factor/", COORDINATOR),
    "console-second-factor-picture": ConsoleState("account/second-factor/", ADMINISTRATOR, in_second_factor),
    "console-tokens": ConsoleState("account/tokens/", show=lambda page: press(page, "Make a token")),
    "console-users": ConsoleState("account/users/", ADMINISTRATOR),
    "console-user": ConsoleState("account/users/1/", ADMINISTRATOR),
    "console-user-added": ConsoleState("account/users/new/", ADMINISTRATOR, add_user),
    "console-denied": ConsoleState("audit/", COORDINATOR),
    "console-no-such-page": ConsoleState("nothing-here/"),
}


@contextmanager
def console_served(folder: Path, code: str | None = None) -> Iterator[str]:
    """The console of a data folder, as `make run` starts it; its address."""
    settings = Settings(free_port(), free_port(), folder, free_port())
    private_folder(settings.logs)
    with Children() as children:
        start_console(children, settings, code or new_code(SET_UP_GROUPS))
        with Progress("Starting the console") as progress:
            wait_for_console(children, settings, progress)
        yield settings.console
