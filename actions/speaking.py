"""What the actions read of a tracker, and how they say a reply."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answering import Asked, Turn, asked_from
from actions.interview.interview import Heard
from actions.interview.sharing import Sharing
from actions.interview.state import State
from actions.replies import Reply
from actions.trial import trial

#: Slots.
TALK = "talk"
PRESCREENING = "prescreening"
SHARING = "sharing"
LANGUAGE = "language"
REQUESTED = "requested_slot"
#: The forms: of the pre-screening, and of a contact.
FORM, CONTACT_FORM = "prescreen_form", "contact_form"
#: How likely a topic must be for a statement to be about it, and not a clumsy answer to the open question.
SURE = 0.8


def language_of(tracker: Tracker) -> str:
    """The language of the conversation."""
    return trial().spoken(tracker.get_slot(LANGUAGE))


def turn_of(message: Mapping[str, Any]) -> Turn:
    """The user's turn out of Rasa's latest message; a button brings an intent and entities, no questions."""
    otherwise = message.get("otherwise")
    found = [otherwise] if otherwise else message.get("questions") or ()
    questions = tuple(asked_from(question) for question in found)
    if not questions:
        named = {entity["entity"]: entity["value"] for entity in message.get("entities") or ()}
        criterion = named.get("criterion")
        is_rule = isinstance(criterion, str) and criterion in trial().criteria
        questions = (Asked(intent_of(message), criterion if is_rule else None),)
    return Turn(
        questions,
        tuple(message.get("closest") or ()),
        bool(message.get("follows_on")),
        bool(message.get("points_back")),
    )


def intent_of(message: Mapping[str, Any]) -> str:
    """What the user's message is about first, by Rasa's name."""
    return str((message.get("intent") or {}).get("name") or "")


def heard(message: Mapping[str, Any]) -> Heard:
    """The user's message as the interview hears it."""
    text = str(message.get("text") or "")
    sure = float((message.get("intent") or {}).get("confidence") or 0) >= SURE
    return Heard(text, turn_of(message), bool(message.get("asks")) or text.startswith("/"), sure)


def state_of(tracker: Tracker) -> State | None:
    """The pre-screening of this conversation, if there is one."""
    return State.from_dict((tracker.get_slot(PRESCREENING) or {}).get("state"))


def sharing_of(tracker: Tracker) -> Sharing:
    """What was agreed on sharing in this conversation."""
    return Sharing.from_dict(tracker.get_slot(SHARING))


def last_reply(tracker: Tracker) -> str | None:
    """What the last reply of the pre-screening was, if it was the last of all."""
    last = (tracker.get_slot(PRESCREENING) or {}).get("last")
    return str(last) if last else None


def said_at(tracker: Tracker) -> float:
    """When the user's message came, in seconds since 1970."""
    times = [event.get("timestamp") for event in tracker.events if event.get("event") == "user"]
    return float(times[-1]) if times and times[-1] else time.time()


def said_by(reply: Reply) -> dict[str, Any]:
    """A reply as the dispatcher takes it."""
    buttons = [{"title": button.title, "payload": button.payload} for button in reply.buttons]
    return {"text": reply.text, "buttons": buttons, "json_message": reply.custom()}


def say(dispatcher: CollectingDispatcher, reply: Reply) -> None:
    """Says a reply: one message, with its `custom` object."""
    dispatcher.utter_message(**said_by(reply))


def slots(values: Mapping[str, Any]) -> list[EventType]:
    """What sets these slots."""
    return [SlotSet(name, value) for name, value in values.items()]
