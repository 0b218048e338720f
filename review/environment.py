"""What is set for the console from outside, read in one place.

    TRIAL_GUIDE_CONSOLE_PORT     where the console listens, on this machine only; 5010 if it is not set
    TRIAL_GUIDE_CONSOLE_ORIGIN   the address under which a proxy shows it, such as https://console.clinic.example
    TRIAL_GUIDE_CONSOLE_IDLE     minutes after which somebody who does nothing is logged out; 30 if it is not set
    TRIAL_GUIDE_SECOND_FACTOR    “required”: everybody logs in with a code of an app too; “optional” if it is not set

TRIAL_GUIDE_FOLDER and TRIAL_GUIDE_DATABASE are read in conversations/database.py, TRIAL_GUIDE_SECRET and
TRIAL_GUIDE_PROXY in web/settings.py.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from conversations.database import WrongDatabaseError, server
from conversations.retention import WrongRetentionError, keep_days, keep_hours
from web.settings import PROXY, WrongSettingError, read_page_settings

CONSOLE_PORT = "TRIAL_GUIDE_CONSOLE_PORT"
ORIGIN = "TRIAL_GUIDE_CONSOLE_ORIGIN"
IDLE = "TRIAL_GUIDE_CONSOLE_IDLE"
SECOND_FACTOR = "TRIAL_GUIDE_SECOND_FACTOR"
#: Between the start and the console: the hash of the code for the first user, which the start prints.
SET_UP_HASH = "CONSOLE_SET_UP_HASH"
#: What a wrong setting raises; the text says what to write instead.
WRONG = (WrongSettingError, WrongDatabaseError, WrongRetentionError)

PORT = 5010
IDLE_MINUTES = 30
LEAST_IDLE, MOST_IDLE = 1, 12 * 60
_NAME = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_ORIGIN = re.compile(rf"https://{_NAME}(?:\.{_NAME})+(?::\d{{1,5}})?")
#: Over plain http the console is shown to this machine alone.
LOOPBACK_NAMES = ("127.0.0.1", "localhost")


@dataclass(frozen=True)
class ConsoleSettings:
    """What is set for the console.

    Attributes:
        port: where it listens.
        origin: the address under which a proxy shows it; None where it is used on this machine only.
        idle_minutes: after which somebody who does nothing is logged out.
        second_factor_required: whether nobody works without one.
        proxies: how many of the addresses in X-Forwarded-For, from the right, were written by proxies of our own.
    """

    port: int = PORT
    origin: str | None = None
    idle_minutes: int = IDLE_MINUTES
    second_factor_required: bool = False
    proxies: int = 0

    @property
    def address(self) -> str:
        """Where a browser finds the console."""
        return f"{self.origin or f'http://{LOOPBACK_NAMES[0]}:{self.port}'}/"

    @property
    def hosts(self) -> list[str]:
        """The names by which it may be called."""
        outside = urlsplit(self.origin).hostname if self.origin else None
        return [*LOOPBACK_NAMES, outside] if outside else list(LOOPBACK_NAMES)


def read_console_settings(environment: Mapping[str, str] = os.environ) -> ConsoleSettings:
    """The settings of the console.

    Raises:
        WrongSettingError: if one is not as it should be.
    """
    proxies = read_page_settings(environment).proxies
    return ConsoleSettings(
        port=_number(environment, CONSOLE_PORT, PORT, 1024, 65535),
        origin=_origin(environment, proxies),
        idle_minutes=_number(environment, IDLE, IDLE_MINUTES, LEAST_IDLE, MOST_IDLE),
        second_factor_required=_second_factor(environment),
        proxies=proxies,
    )


def read_everything(environment: Mapping[str, str] = os.environ) -> ConsoleSettings:
    """The settings of the console, once those of the stores are seen to be as they should be, too.

    Raises:
        WRONG: if one is not.
    """
    settings = read_console_settings(environment)
    server(environment)
    keep_hours(environment)
    keep_days(environment)
    return settings


def _number(environment: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    said = environment.get(name) or str(default)
    if not said.isascii() or not said.isdigit() or not least <= int(said) <= most:
        raise WrongSettingError(f"{name} is “{said}”. It must be a number from {least} to {most}, such as {default}.")
    return int(said)


def _origin(environment: Mapping[str, str], proxies: int) -> str | None:
    said = (environment.get(ORIGIN) or "").lower().removesuffix("/")
    if not said:
        return None
    if not _ORIGIN.fullmatch(said):
        raise WrongSettingError(
            f"{ORIGIN} is “{said}”. Write the console's address with https and without a path, such as"
            " https://console.clinic.example. Without it the console is reached from this machine only."
        )
    if not proxies:
        raise WrongSettingError(
            f"{ORIGIN} is set, so a proxy stands in front of the console, but {PROXY} is not. Write how many there"
            f" are, such as {PROXY}=1: else everybody would seem to come from the same address."
        )
    return said


def _second_factor(environment: Mapping[str, str]) -> bool:
    said = environment.get(SECOND_FACTOR) or "optional"
    if said not in ("required", "optional"):
        raise WrongSettingError(f"{SECOND_FACTOR} is “{said}”. Write “required” or “optional”.")
    return said == "required"
