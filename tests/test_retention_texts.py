"""What people are told on how long things are kept is what is set (conversations/retention.py)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conversations.retention import DAYS, HOURS

HOME = Path(__file__).resolve().parent.parent
#: Prints every text that a person may read on it, as it is read where these numbers are set.
SAID = """
import json
from actions.actions import answerer
from actions.answering import Asked, Talk, Turn
from actions.interview.build import consent, interview
from actions.interview.sharing import Sharing
from actions.interview.state import FINISHED, State
from datetime import date
from web.pages import texts
state = State("2026-11-20", FINISHED, answers={"age_years": 70}, trail=["age_years"])
talker = consent("en")
print(json.dumps({
    "privacy": answerer("en").reply(Turn((Asked("privacy"),)), Talk())[0].text,
    "page": texts("en")["private"],
    "intro": interview("en").begin(date(2026, 11, 20))[0].text,
    "stopped": interview("en").text("stopped"),
    "question": talker.asked(interview("en").result_of(state), Sharing()).text,
    "shared": talker.shared(state, "RS-7KQ4-M2").text,
    "private": talker.kept_private(state).text,
    "how_long": talker._texts.text("about", "how_long"),
    "all": talker._texts.text("about", "all"),
}))
"""
#: Which of the two numbers each text has.
HAVE_HOURS = {"privacy", "page", "intro", "stopped", "question", "private", "how_long", "all"}
HAVE_DAYS = {"privacy", "page", "question", "shared", "how_long", "all"}


@pytest.fixture(scope="module")
def said() -> dict[str, str]:
    """The texts where a conversation is kept for 37 hours and what was shared for 91 days."""
    environment = {**os.environ, HOURS.variable: "37", DAYS.variable: "91"}
    run = subprocess.run(
        [sys.executable, "-c", SAID], cwd=HOME, env=environment, capture_output=True, text=True, timeout=120, check=True
    )
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("name", sorted(HAVE_HOURS))
def test_hours(said: dict[str, str], name: str) -> None:
    """A text that tells how long the chat is kept tells what is set, and no other number of hours."""
    assert "37 hours" in said[name]
    assert "24 hours" not in said[name]


@pytest.mark.parametrize("name", sorted(HAVE_DAYS))
def test_days(said: dict[str, str], name: str) -> None:
    """A text that tells how long what was shared is kept tells what is set, and no other number of days."""
    assert "91 days" in said[name]
    assert "180 days" not in said[name]


def test_who_and_how_to_delete(said: dict[str, str]) -> None:
    """The privacy texts say who sees what was shared, only after a yes, and that it can be deleted."""
    for name in ("privacy", "page"):
        assert "referral team" in said[name]
        assert "If you agree" in said[name]
    assert "delete my data" in said["privacy"]
    assert "deleted" in said["page"]
