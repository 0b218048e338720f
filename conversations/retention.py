"""How long what people say is kept: the one home of these numbers, for the stores and for what people are told.

TRIAL_GUIDE_KEEP_HOURS   hours without a message after which a conversation that was not shared is erased
TRIAL_GUIDE_KEEP_DAYS    days after sharing after which a record and its conversation are erased
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta


class WrongRetentionError(ValueError):
    """A time is not as it should be; the text says what to write instead."""


@dataclass(frozen=True)
class Time:
    """A time that can be set: its variable, its unit, and between what it may lie."""

    variable: str
    unit: str
    usual: int
    most: int

    def read(self, environment: Mapping[str, str]) -> int:
        """What is set.

        Raises:
            WrongRetentionError: if it is no whole number, or out of bounds.
        """
        said = environment.get(self.variable) or str(self.usual)
        # Longer numbers are out of bounds, and Python would take its time to read them.
        number = int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0
        if not 1 <= number <= self.most:
            raise WrongRetentionError(
                f"{self.variable} is “{said}”. It must be a whole number of {self.unit} from 1 to {self.most},"
                f" such as {self.usual}."
            )
        return number


HOURS = Time("TRIAL_GUIDE_KEEP_HOURS", "hours", 24, 720)
DAYS = Time("TRIAL_GUIDE_KEEP_DAYS", "days", 180, 3650)


def keep_hours(environment: Mapping[str, str] = os.environ) -> int:
    """Hours without a message after which a conversation that was not shared is erased.

    Raises:
        WrongRetentionError: if they are not set as they should be.
    """
    return HOURS.read(environment)


def keep_days(environment: Mapping[str, str] = os.environ) -> int:
    """Days after which what was shared is erased.

    Raises:
        WrongRetentionError: if they are not set as they should be.
    """
    return DAYS.read(environment)


def unshared_time() -> timedelta:
    """How long a conversation that was not shared is kept after its last message."""
    return timedelta(hours=keep_hours())


def shared_time() -> timedelta:
    """How long what was shared is kept."""
    return timedelta(days=keep_days())
