"""How long things are kept is set in one place, and checked."""

from __future__ import annotations

import re

import pytest

from conversations.retention import DAYS, HOURS, Time, WrongRetentionError, keep_days, keep_hours


def test_the_usual_times() -> None:
    """Where nothing is set, a conversation is kept for a day, and what was shared for half a year."""
    assert (keep_hours({}), keep_days({})) == (24, 180)
    assert (keep_hours({HOURS.variable: ""}), keep_days({DAYS.variable: ""})) == (24, 180)


@pytest.mark.parametrize(("time", "read"), [(HOURS, keep_hours), (DAYS, keep_days)])
def test_other_times(time: Time, read) -> None:  # type: ignore[no-untyped-def]
    """Any whole number within bounds can be set; whatever else is refused in words that say what to write."""
    for right in (1, 2, time.most):
        assert read({time.variable: str(right)}) == right
    for wrong in ("0", "-1", str(time.most + 1), "1.5", "a week", "²", "9" * 5000, " 1"):
        hint = f"{time.variable} is “{wrong}”. It must be a whole number of {time.unit} from 1 to {time.most}"
        with pytest.raises(WrongRetentionError, match=re.escape(hint)):
            read({time.variable: wrong})
