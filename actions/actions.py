"""Rasa's actions. Thin: each reads the tracker, asks a plain function, and says the result."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, Restarted, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answering import Answerer, Talk
from actions.counts import counted
from actions.interview.asides import last_of
from actions.interview.build import asides, consent
from actions.replies import Reply
from actions.sharing import heard_of
from actions.speaking import (
    CONTACT_FORM,
    FORM,
    PRESCREENING,
    TALK,
    intent_of,
    language_of,
    last_reply,
    say,
    sharing_of,
    state_of,
    turn_of,
)
from actions.trial import trial

#: The topic of what was not understood.
NOT_UNDERSTOOD = "unclear"


@lru_cache(maxsize=8)
def answerer(language: str) -> Answerer:
    """The answerer of a language, made once."""
    return Answerer(trial(), language)


class ActionAnswer(Action):
    """Answers whatever was asked outside the pre-screening."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Says the answer and remembers what was talked about."""
        done = await heard_of(tracker)
        if done and done.opens_contact:
            return [FollowupAction(CONTACT_FORM)]
        if done and done.reply:
            say(dispatcher, done.reply)
            return [Restarted()] if done.erased else done.events(tracker)
        turn, language = turn_of(tracker.latest_message), language_of(tracker)
        text = str(tracker.latest_message.get("text") or "")
        last = last_reply(tracker)
        aside = asides(language).hear(turn, text, state_of(tracker), last)
        if aside.begins:
            return [FollowupAction(FORM)]
        reply, talk = answerer(language).reply(turn, Talk.from_dict(tracker.get_slot(TALK)))
        reply = aside.reply or asides(language).offered(reply, turn, text)
        if turn.questions[0].topic == NOT_UNDERSTOOD:
            counted("unclear", next(iter(turn.closest), ""))
        reply = _with_sharing(reply, tracker, language)
        say(dispatcher, reply)
        now = last_of(reply)
        kept = tracker.get_slot(PRESCREENING) or {}
        changed = [SlotSet(PRESCREENING, {**kept, "last": now})] if now != kept.get("last") else []
        return [SlotSet(TALK, talk.as_dict()), *changed]


def _with_sharing(reply: Reply, tracker: Tracker, language: str) -> Reply:
    """A reply with what it has to say, or to offer, on what was shared or can be."""
    sharing, talker = sharing_of(tracker), consent(language)
    if intent_of(tracker.latest_message) == "start_again":
        stays = talker.stays(sharing)
        return replace(reply, text=f"{reply.text}\n\n{stays}") if stays else reply
    return talker.beside(talker.with_reference(reply, sharing), state_of(tracker), sharing)
