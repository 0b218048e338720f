"""Where a conversation stands: the open question of a pre-screening, and the answers so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from actions.interview.questions import Question, questionnaire
from actions.interview.sharing import Sharing
from actions.interview.state import FINISHED, OPEN, STOPPED, State
from actions.interview.wording import InterviewWording
from actions.trial import trial
from web.transcript import GUIDE, Message

#: The keyboard that suits each kind of answer. A blood pressure needs a stroke, a date may be words.
KEYBOARDS = {"integer": "numeric", "lab": "decimal"}
USUAL_KEYBOARD = "text"


def state_of(slots: Mapping[str, Any], messages: Sequence[Message]) -> dict[str, Any]:
    """Where the conversation stands, out of its slots and messages."""
    language = language_of(slots)
    prescreening = prescreening_of(slots)
    standing: dict[str, Any] = {
        "question": None,
        "answers": [],
        "can_go_on": False,
        "has_result": False,
        "reference": None,
        "language": language,
    }
    if prescreening is None:
        return standing
    words = wording(language)
    if prescreening.status == OPEN and prescreening.key:
        standing["question"] = _question(prescreening, messages, words)
    standing["answers"] = _answers(prescreening, words)
    standing["can_go_on"] = prescreening.status == STOPPED
    standing["has_result"] = bool(prescreening.trail) and (
        prescreening.status == FINISHED or (prescreening.status == STOPPED and prescreening.told_out)
    )
    standing["reference"] = reference_of(slots)
    return standing


def reference_of(slots: Mapping[str, Any]) -> str | None:
    """By what the result is found that is shown, if it was shared."""
    return Sharing.from_dict(slots.get("sharing")).reference


def prescreening_of(slots: Mapping[str, Any]) -> State | None:
    """The pre-screening of a conversation, if there is one."""
    return State.from_dict((slots.get("prescreening") or {}).get("state"))


def language_of(slots: Mapping[str, Any]) -> str:
    """The language of a conversation."""
    return trial().spoken(slots.get("language"))


@lru_cache(maxsize=8)
def wording(language: str) -> InterviewWording:
    """How the pre-screening is said in a language."""
    return InterviewWording(trial(), language, questionnaire())


def _question(prescreening: State, messages: Sequence[Message], words: InterviewWording) -> dict[str, Any] | None:
    """The open question as the last reply carried it, with what helps to type an answer."""
    last = messages[-1] if messages and messages[-1]["from"] == GUIDE else {}
    carried = (last.get("custom") or {}).get("question")
    if not carried:
        return None
    question = questionnaire()[str(carried["key"])]
    # Under a laboratory's upper limit the unit is that of the result.
    units = (prescreening.half["unit"],) if prescreening.half else question.units
    written = [unit for unit in (words.units([unit]) for unit in units) if unit]
    usual = words.units([_usual(question, units)]) if written else ""
    return {
        **carried,
        "inputmode": KEYBOARDS.get(question.input, USUAL_KEYBOARD),
        "hint": words.of(question.key, "again") or "",
        **({"unit": usual} if usual else {}),
        **({"units": written} if len(written) > 1 else {}),
    }


def _usual(question: Question, units: Sequence[str]) -> str:
    return question.usual if question.usual in units and question.usual else units[0]


def _answers(prescreening: State, words: InterviewWording) -> list[dict[str, str]]:
    """The answers in the order in which they were given, and what was passed over."""
    return [
        {
            "key": key,
            "title": words.short(key),
            "said": words.answer(key, prescreening.answers[key])
            if key in prescreening.answers
            else words.text(prescreening.skipped[key]),
        }
        for key in prescreening.trail
        if key in prescreening.answers or prescreening.skipped.get(key)
    ]
