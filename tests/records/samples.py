"""Pre-screenings for the tests of the records, made by really judging answers."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

from accounts.models import Role, User
from actions.interview.state import State
from actions.prescreen import judge, rules_version
from records.models import Note, Record
from records.sharing import Said, Shared

ON = date(2026, 11, 20)
BEGUN = datetime(2026, 11, 20, 9, 30, tzinfo=timezone.utc)


def a_shared(text: str = "hello", **changes: Any) -> Shared:
    """A pre-screening to be shared, in which one thing was said."""
    answers = {"age_years": 60, "sex": "female", "rcc_confirmed": True}
    state = State(ON.isoformat(), "finished", answers, trail=list(answers), rough={"labs_date": {"said": text}})
    usual: dict[str, Any] = {
        "conversation": "page-one",
        "begun_at": BEGUN,
        "state": state.as_dict(),
        "verdict": judge(state.judged(), ON).as_dict(),
        "language": "en",
        "rules_version": rules_version(),
        "lines": (
            Said("guide", "How old are you?", BEGUN),
            Said("person", text, BEGUN + timedelta(seconds=20), ("age_years",)),
        ),
    }
    return Shared(**{**usual, **changes})


def note(reference: str, text: str) -> Note:
    """A note on a record, by some coordinator."""
    author, _ = User.objects.get_or_create(username="anna", role=Role.COORDINATOR)
    return Note.objects.create(record=Record.objects.get(reference=reference), author=author, text=text)
