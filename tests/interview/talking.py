"""A pre-screening without Rasa: each turn is what was said, and what was understood of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from actions.answering import Asked, Talk, Turn
from actions.interview.build import interview
from actions.interview.interview import Heard, Interview
from actions.interview.questions import Question, questionnaire
from actions.interview.state import State
from actions.replies import Reply

ON = date(2026, 11, 20)
QUESTIONS = questionnaire().questions
KEYS = [question.key for question in QUESTIONS]
#: Of a value with a limit, both turns.
TURNS = [(key, False) for key in KEYS] + [(question.key, True) for question in QUESTIONS if question.limit]


class Talking:
    """A person in a pre-screening.

    Attributes:
        state, talk: what is kept between two turns, as it travels in the slots.
        reply: the last reply.
    """

    def __init__(self, state: State | None = None, language: str = "en") -> None:
        self.interview: Interview = interview(language)
        self.talk = Talk()
        if state is None:
            self.reply, self.state = self.interview.begin(ON)
        else:
            self.state = state
            self.reply = self.interview._asking(state) if state.key else self.interview.nothing_open()

    def say(self, text: str, *asked: str | Asked, asks: bool = False, sure: bool = True) -> Reply:
        """Says something; without topics it is like nothing taught."""
        questions = tuple(Asked(topic) if isinstance(topic, str) else topic for topic in asked)
        heard = Heard(text, Turn(questions or (Asked("out_of_scope"),)), asks or text.startswith("/"), sure)
        self.reply, state, talk = self.interview.hear(heard, self.state, self.talk)
        self.talk = Talk.from_dict(talk.as_dict())
        self.state = carried(state)
        return self.reply

    def press(self, title: str) -> Reply:
        """Presses a button of the last reply."""
        payload = next(button.payload for button in self.reply.buttons if button.title == title)
        return self.say(payload, *([payload[1:]] if payload.startswith("/") else []))

    def resume(self) -> Reply:
        """Takes a stopped pre-screening up again."""
        self.reply, state = self.interview.resume(self.state)
        self.state = carried(state)
        return self.reply

    @property
    def key(self) -> str | None:
        """The key of the open question, as the reply carries it."""
        return self.reply.question["key"] if self.reply.question else None


def carried(state: State) -> State:
    """A state as it comes back from its slot."""
    back = State.from_dict(state.as_dict())
    assert back == state
    return back


def text(*path: str, **given: str) -> str:
    """A text of prescreen.yml."""
    return interview("en")._wording.text(*path, **given)


def text_of(key: str, part: str) -> str:
    """A text of a question."""
    found = interview("en")._wording.of(key, part)
    assert found
    return found


def at(key: str, half: bool = False, **answers: Any) -> Talking:
    """Somebody who is asked this question; what it depends on has been answered, and something before it."""
    given = {**earlier(key), **needed(questionnaire()[key]), **answers}
    question = questionnaire()[key]
    result = {"value": str(question.plausible[question.units[0]][0]), "unit": question.units[0]} if half else None
    return Talking(State(ON.isoformat(), answers=given, trail=list(given), key=key, half=result))


def earlier(key: str) -> dict[str, Any]:
    """An answer to another question."""
    return {"dialysis": False} if key == "age_years" else {"age_years": 70}


def needed(question: Question) -> dict[str, Any]:
    """The answers without which the question is not asked."""
    answers: dict[str, Any] = {}
    for key, values in question.only_if.items():
        answers |= needed(questionnaire()[key]) | {key: values[0]}
    return answers | ({question.needs_recent: ON.isoformat()} if question.needs_recent else {})
