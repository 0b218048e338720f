"""What was said in a pre-screening, out of the events of the conversation as they are stored (plain dictionaries)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from actions.interview.state import State

PERSON, GUIDE = "person", "guide"
#: What Rasa itself says in a person's name.
INTERNAL = ("/session_start", "/restart")
Event = Mapping[str, Any]


@dataclass
class Line:
    """One message.

    Attributes:
        speaker: person or guide.
        text: as typed; of a button, its words.
        at: seconds since 1970.
        answers: the keys of the answers that it settled, put right or left out.
    """

    speaker: str
    text: str
    at: float
    answers: tuple[str, ...] = ()


@dataclass
class _Turn:
    """What a person said, and what came of it."""

    said: Line
    aside: bool
    replies: list[Line] = field(default_factory=list)


def joined(stored: Sequence[Event], present: Sequence[Event]) -> list[Event]:
    """The stored events, and those of the turn that is not stored yet; ``present`` are the last ones Rasa knows.

    Of a conversation that is stored nowhere the present ones are all there is.
    """
    if not stored:
        return list(present)
    turn = next((place for place in reversed(range(len(present))) if present[place]["event"] == "user"), len(present))
    newest = max(_time(event) for event in stored)
    return [*stored, *(event for event in present[turn:] if _time(event) > newest)]


def transcript(events: Iterable[Event], begun: float, title: Callable[[str], str], aside: str) -> list[Line]:
    """What was said from a time on, in order.

    ``title`` gives the words of a button that was not offered before it was pressed. What was said while the form
    ``aside`` was open is left out: it is a contact.
    """
    turns: list[_Turn] = []
    buttons: dict[str, str] = {}
    before: State | None = None
    loop: str | None = None
    for event in events:
        kind = event["event"]
        if kind == "active_loop":
            loop = event.get("name")
        elif kind == "user":
            said = _said(event, buttons, title)
            if said:
                turns.append(_Turn(Line(PERSON, said, _time(event)), aside=loop == aside))
        elif kind == "bot":
            buttons.update(_offered(event))
            if turns and event.get("text"):
                turns[-1].replies.append(Line(GUIDE, str(event["text"]), _time(event)))
                # The message upon which the form opens may hold the contact already.
                turns[-1].aside = turns[-1].aside or loop == aside
        elif kind == "slot" and event.get("name") == "prescreening":
            after = State.from_dict((event.get("value") or {}).get("state"))
            if turns:
                turns[-1].said.answers += tuple(
                    key for key in _settled(before, after) if key not in turns[-1].said.answers
                )
            before = after
    return [line for turn in turns if turn.said.at >= begun and not turn.aside for line in (turn.said, *turn.replies)]


def _said(event: Event, buttons: Mapping[str, str], title: Callable[[str], str]) -> str | None:
    """What the person said; None if it was Rasa."""
    text = str(event.get("text") or "")
    if not text or text in INTERNAL:
        return None
    return buttons.get(text) or title(text[1:].partition("{")[0]) if text.startswith("/") else text


def _offered(event: Event) -> dict[str, str]:
    """The words of the buttons of a reply, by what they send."""
    shown = (event.get("data") or {}).get("buttons") or ()
    return {str(button["payload"]): str(button["title"]) for button in shown if "payload" in button}


def _settled(before: State | None, after: State | None) -> list[str]:
    """The answers that are other ones after a turn."""
    then, now = _answers(before), _answers(after)
    return [key for key, answer in now.items() if then.get(key) != answer]


def _answers(state: State | None) -> dict[str, Any]:
    if state is None:
        return {}
    half = {state.key: ("half", state.half)} if state.half and state.key else {}
    skipped = {key: ("skipped", how) for key, how in state.skipped.items()}
    return {**skipped, **{key: ("answer", answer) for key, answer in state.answers.items()}, **half}


def _time(event: Event) -> float:
    return float(event.get("timestamp") or 0)
