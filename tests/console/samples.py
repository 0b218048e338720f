"""Made-up records: a pre-screening really judged, with a transcript as it would have been said."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from actions.interview.questions import questionnaire
from actions.interview.state import FINISHED, State, plain
from actions.prescreen import judge, rules_version
from records.models import Line, Outcome, Record
from records.reference import new_reference
from review.reading import wording

ON = date(2026, 11, 20)
WELL = Path(__file__).resolve().parents[1] / "prescreen" / "situations" / "well.yml"

#: What the person of well.yml answers otherwise for each outcome.
FOR_OUTCOME: Mapping[str, Mapping[str, Any]] = {
    Outcome.POSSIBLE_MATCH: {},
    Outcome.NOT_YET: {"major_surgery_last_date": "2026-11-06"},
    Outcome.UNCLEAR: {"ecog": 1, "hemoglobin": {"value": "8.1", "unit": "g/dL"}},
    Outcome.NOT_A_MATCH: {"prior_sorafenib": True},
}


@cache
def _well() -> Mapping[str, Any]:
    said: Mapping[str, Any] = yaml.safe_load(WELL.read_text(encoding="utf-8"))
    return {key: _as_in_state(value) for key, value in said.items()}


def _as_in_state(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping) and "unit" in value:
        return plain({key: part if key == "unit" else Decimal(str(part)) for key, part in value.items()})
    return value


def _on(answers: Mapping[str, Any], on: date) -> dict[str, Any]:
    """Answers of ON as somebody would give them on another day."""
    later = on - ON
    return {key: _moved(value, later) for key, value in answers.items()}


def _moved(value: Any, later: timedelta) -> Any:
    try:
        return (date.fromisoformat(value) + later).isoformat()
    except (TypeError, ValueError):
        return value


def a_state(but: Mapping[str, Any] | None = None, skipped: Mapping[str, str] | None = None, on: date = ON) -> State:
    """The person of well.yml at the end of a pre-screening, ``but`` for some answers; None is a missing one."""
    skipped = dict(skipped or {})
    answers = {**_on(_well(), on), **(but or {})}
    given = {key: value for key, value in answers.items() if value is not None and key not in skipped}
    given = questionnaire().relevant(given, on)
    trail = [question.key for question in questionnaire().questions if question.key in given or question.key in skipped]
    return State(on.isoformat(), FINISHED, answers=given, skipped=skipped, trail=trail)


def a_record(
    outcome: str = Outcome.POSSIBLE_MATCH,
    *,
    but: Mapping[str, Any] | None = None,
    skipped: Mapping[str, str] | None = None,
    on: date = ON,
    said: Mapping[str, str] | None = None,
    **changes: Any,
) -> Record:
    """A stored record with its transcript.

    ``but`` and ``skipped`` are as in a_state, ``said`` is how an answer was given, ``changes`` are other fields.
    """
    state = a_state({**_on(FOR_OUTCOME[outcome], on), **(but or {})}, skipped, on)
    verdict = judge(state.judged(), on)
    begun = datetime.combine(on, time(9, 12), timezone.utc)
    fields = {
        "reference": new_reference(),
        "conversation": uuid.uuid4().hex,
        "begun_at": begun,
        "shared_at": begun + timedelta(minutes=25),
        "on": on,
        "language": "en",
        "state": state.as_dict(),
        "verdict": verdict.as_dict(),
        "rules_version": rules_version(),
        "outcome": verdict.outcome,
        "recheck_on": verdict.recheck_on,
        **changes,
    }
    record = Record.objects.create(**fields)
    Line.objects.bulk_create(transcript(record, state, begun, said or {}))
    return record


def transcript(record: Record, state: State, begun: datetime, given: Mapping[str, str]) -> list[Line]:
    """What was said: each question, and its answer."""
    words = wording("en")
    said: list[tuple[str, str, list[str]]] = [
        (Line.Speaker.GUIDE, "I can go through the entry rules with you, one question at a time.", [])
    ]
    for key in state.trail:
        said.append((Line.Speaker.GUIDE, words.of(key, "text") or key, []))
        answer = words.answer(key, state.answers[key]) if key in state.answers else words.text(state.skipped[key])
        said.append((Line.Speaker.PERSON, given.get(key, answer), [key]))
    return [
        Line(
            record=record,
            place=place,
            speaker=speaker,
            text=text,
            said_at=begun + timedelta(seconds=12 * place),
            answers=answers,
        )
        for place, (speaker, text, answers) in enumerate(said)
    ]
