"""Rasa's actions. Thin: each reads the tracker, asks a plain function, and says the result."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answering import Answerer, Asked, Talk, Turn, asked_from
from actions.interview.asides import last_of
from actions.interview.build import asides
from actions.interview.state import State
from actions.replies import Reply
from actions.trial import trial

#: Slots.
TALK = "talk"
PRESCREENING = "prescreening"
LANGUAGE = "language"
#: The form of the pre-screening.
FORM = "prescreen_form"


@lru_cache(maxsize=8)
def answerer(language: str) -> Answerer:
    """The answerer of a language, made once."""
    return Answerer(trial(), language)


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
        intent = (message.get("intent") or {}).get("name") or ""
        criterion = named.get("criterion")
        questions = (
            Asked(intent, criterion if isinstance(criterion, str) and criterion in trial().criteria else None),
        )
    return Turn(
        questions,
        tuple(message.get("closest") or ()),
        bool(message.get("follows_on")),
        bool(message.get("points_back")),
    )


def said_by(reply: Reply) -> dict[str, Any]:
    """A reply as the dispatcher takes it."""
    buttons = [{"title": button.title, "payload": button.payload} for button in reply.buttons]
    return {"text": reply.text, "buttons": buttons, "json_message": reply.custom()}


def say(dispatcher: CollectingDispatcher, reply: Reply) -> None:
    """Says a reply: one message, with its `custom` object."""
    dispatcher.utter_message(**said_by(reply))


class ActionAnswer(Action):
    """Answers whatever was asked outside the pre-screening."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_answer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Says the answer and remembers what was talked about."""
        turn, language = turn_of(tracker.latest_message), language_of(tracker)
        text = str(tracker.latest_message.get("text") or "")
        kept = tracker.get_slot(PRESCREENING) or {}
        aside = asides(language).hear(turn, text, State.from_dict(kept.get("state")), kept.get("last"))
        if aside.begins:
            return [FollowupAction(FORM)]
        reply, talk = answerer(language).reply(turn, Talk.from_dict(tracker.get_slot(TALK)))
        reply = aside.reply or asides(language).offered(reply, turn, text)
        say(dispatcher, reply)
        last = last_of(reply)
        changed = [SlotSet(PRESCREENING, {**kept, "last": last})] if last != kept.get("last") else []
        return [SlotSet(TALK, talk.as_dict()), *changed]
