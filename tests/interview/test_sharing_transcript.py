"""The transcript of a pre-screening, out of stored events: from its beginning, as it was shown, without a contact."""

from __future__ import annotations

from typing import Any

from actions.interview.state import FINISHED, State
from actions.interview.transcript import Line, joined, transcript

ASIDE = "contact_form"


def title(topic: str) -> str:
    """The words of a button that nobody was shown."""
    return f"<{topic}>"


def user(text: str, at: float) -> dict[str, Any]:
    return {"event": "user", "text": text, "timestamp": at}


def bot(text: str, at: float, *buttons: tuple[str, str]) -> dict[str, Any]:
    shown = [{"title": name, "payload": payload} for name, payload in buttons]
    return {"event": "bot", "text": text, "timestamp": at, "data": {"buttons": shown, "custom": {"kind": "question"}}}


def slot(at: float, **state: Any) -> dict[str, Any]:
    value = {"state": State("2026-11-20", **state).as_dict(), "say": None, "last": None}
    return {"event": "slot", "name": "prescreening", "value": value, "timestamp": at}


def loop(name: str | None, at: float) -> dict[str, Any]:
    return {"event": "active_loop", "name": name, "timestamp": at}


TALK: list[dict[str, Any]] = [
    {"event": "action", "name": "action_session_start", "timestamp": 0.5},
    user("what was the dose?", 1),
    bot("400 mg", 1.1),
    user("/prescreen", 2),
    bot("How old are you?", 2.1, ("I don’t know", "I don’t know")),
    slot(2.2, begun=2.0, key="age_years"),
    user("72", 3),
    slot(3.1, begun=2.0, answers={"age_years": 72}, trail=["age_years"], key="sex"),
    bot("Woman or man?", 3.2, ("Woman", "Woman"), ("Stop it", "/stop")),
    user("why?", 4),
    slot(4.1, begun=2.0, answers={"age_years": 72}, trail=["age_years"], key="sex"),
    bot("Because.", 4.2, ("Woman", "Woman")),
    user("I'd rather not say", 5),
    slot(5.1, begun=2.0, answers={"age_years": 72}, skipped={"sex": "rather_not"}, trail=["age_years", "sex"]),
    bot("The result. Shall I share it?", 5.2, ("Yes, share it", "/share_prescreening")),
    user("/share_prescreening", 6),
]


def test_it_begins_with_the_prescreening() -> None:
    """What was said before is left out; the button that began it is told in its words."""
    lines = transcript(TALK, 2.0, title, ASIDE)
    assert lines[0] == Line("person", "<prescreen>", 2)
    assert [line.text for line in lines[1:3]] == ["How old are you?", "72"]
    assert lines[-1] == Line("person", "Yes, share it", 6)
    assert "400 mg" not in [line.text for line in lines]


def test_which_answer_a_message_settled() -> None:
    """A message names the answers that it gave, put right or left out; others name none."""
    settled = {line.text: line.answers for line in transcript(TALK, 2.0, title, ASIDE) if line.answers}
    assert settled == {"72": ("age_years",), "I'd rather not say": ("sex",)}
    put_right = [
        *TALK,
        slot(6.1, begun=2.0, answers={"age_years": 73}, skipped={"sex": "rather_not"}, trail=["sex", "age_years"]),
    ]
    assert transcript(put_right, 2.0, title, ASIDE)[-1].answers == ("age_years",)


def test_a_laboratory_value_takes_two_messages() -> None:
    """The result and its upper limit are each a part of the answer."""
    half = {"value": "13", "unit": "g/dL"}
    events = [
        user("13 g/dl", 1),
        slot(1.1, begun=1.0, key="hemoglobin", half=half),
        user("16", 2),
        slot(2.1, begun=1.0, answers={"hemoglobin": {**half, "upper_limit": "16"}}, trail=["hemoglobin"]),
    ]
    assert [line.answers for line in transcript(events, 1.0, title, ASIDE)] == [("hemoglobin",), ("hemoglobin",)]


def test_a_contact_is_left_out() -> None:
    """What was said while a contact was asked for is not in the transcript of a later result."""
    events = [
        user("hello", 1),
        bot("Leave a contact?", 1.1, ("Leave my contact", "/leave_contact")),
        user("/leave_contact", 2),
        loop(ASIDE, 2.1),
        bot("What name?", 2.2),
        user("Anna Rossi", 3),
        bot("Name: Anna Rossi. And a number?", 3.1),
        user("+39 333 1234567", 4),
        loop(None, 4.1),
        bot("Telephone: +39 333 1234567.", 4.2),
        user("my age is wrong", 5),
        bot("How old are you?", 5.1),
    ]
    said = [line.text for line in transcript(events, 1.0, title, ASIDE)]
    assert said == ["hello", "Leave a contact?", "my age is wrong", "How old are you?"]


def test_what_rasa_says_itself() -> None:
    """What nobody said is nobody's line."""
    events = [user("/session_start", 1), user("", 2), bot("Hello", 2.5), user("hi", 3)]
    assert [line.text for line in transcript(events, 0.0, title, ASIDE)] == ["hi"]


def test_the_turn_that_is_not_stored_yet() -> None:
    """It is added to what is stored, once; of a conversation that is stored nowhere all that is known is taken."""
    stored, present = TALK[:-1], [TALK[0], *TALK[-4:]]
    assert joined(stored, present) == TALK
    assert joined(TALK, present) == TALK
    assert joined([], present) == present
    assert joined(stored, []) == stored


def test_a_state_as_it_is_kept() -> None:
    """When a pre-screening began is kept with it."""
    state = State("2026-11-20", FINISHED, begun=12.5)
    assert State.from_dict(state.as_dict()) == state
