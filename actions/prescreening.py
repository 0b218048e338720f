"""Rasa's actions of the pre-screening: one form, whose single slot is asked again and again.

`validate_prescreen_form` hears what was said and works out the reply; `action_ask_prescreen_answer` says it while
the form goes on, `action_prescreen_pause` when it ends or rests. What was answered is one slot, `prescreening`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import EventType, FollowupAction, Restarted, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.actions import FORM, PRESCREENING, TALK, language_of, said_by, say, turn_of
from actions.answering import Talk
from actions.interview.asides import BACK, OFFER, last_of
from actions.interview.build import asides, interview
from actions.interview.interview import Heard, Interview
from actions.interview.state import FINISHED, OPEN, STOPPED, State
from actions.replies import Reply

#: Slots.
STOPPED_SLOT = "prescreen_stopped"
ANSWER = "prescreen_answer"
REQUESTED = "requested_slot"
#: How likely a topic must be for a statement to be about it, and not a clumsy answer to the open question.
SURE = 0.8
#: The day of the screening, for tests and demonstrations; today if it is not set.
DAY = "TRIAL_GUIDE_DAY"


def today() -> date:
    """The day of the screening."""
    return date.fromisoformat(os.environ[DAY]) if os.environ.get(DAY) else date.today()


def state_of(tracker: Tracker) -> State | None:
    """The pre-screening of this conversation, if there is one."""
    kept = tracker.get_slot(PRESCREENING) or {}
    return State.from_dict(kept.get("state"))


def kept(state: State, reply: Reply | None = None, last: str | None = None) -> dict[str, Any]:
    """The slots that keep a pre-screening, what is still to be said, and what the last reply was."""
    waiting = {"say": said_by(reply), "last": last_of(reply)} if reply else {"say": None, "last": last}
    return {PRESCREENING: {"state": state.as_dict(), **waiting}, STOPPED_SLOT: state.status == STOPPED}


def last_reply(tracker: Tracker) -> str | None:
    """What the last reply of the pre-screening was, if it was the last of all."""
    last = (tracker.get_slot(PRESCREENING) or {}).get("last")
    return str(last) if last else None


def _slots(values: Mapping[str, Any]) -> list[EventType]:
    return [SlotSet(name, value) for name, value in values.items()]


def heard(message: Mapping[str, Any]) -> Heard:
    """The user's message as the interview hears it."""
    text = str(message.get("text") or "")
    sure = float((message.get("intent") or {}).get("confidence") or 0) >= SURE
    return Heard(text, turn_of(message), bool(message.get("asks")) or text.startswith("/"), sure)


class ValidatePrescreenForm(FormValidationAction):
    """Hears an answer, or whatever else was said while a question is open."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "validate_prescreen_form"

    def validate_prescreen_answer(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """The slots after this turn; the form ends where no question is open any more."""
        state = state_of(tracker)
        if state is None or state.status != OPEN:
            return {ANSWER: None}
        talk = Talk.from_dict(tracker.get_slot(TALK))
        reply, state, talk = interview(language_of(tracker)).hear(heard(tracker.latest_message), state, talk)
        slots = {ANSWER: None, TALK: talk.as_dict(), **kept(state, reply)}
        return slots if state.status == OPEN else {**slots, REQUESTED: None}


class ActionAskPrescreenAnswer(Action):
    """Says the reply that was worked out; begins, resumes or reopens a pre-screening where the form begins."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_ask_prescreen_answer"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        """Says one reply."""
        waiting = (tracker.get_slot(PRESCREENING) or {}).get("say")
        state = state_of(tracker)
        if waiting and state:
            dispatcher.utter_message(**waiting)
        else:
            reply, state = _opened(interview(language_of(tracker)), state, tracker)
            if state.status != OPEN:
                # Nothing is left to ask: the form ends, and its last word is said there.
                return [SlotSet(REQUESTED, None), *_slots(kept(state, reply))]
            say(dispatcher, reply)
        return _slots(kept(state))


def _opened(talker: Interview, state: State | None, tracker: Tracker) -> tuple[Reply, State]:
    intent = (tracker.latest_message.get("intent") or {}).get("name")
    text = str(tracker.latest_message.get("text") or "")
    if state and intent in ("resume", "prescreen", "affirm") and state.status == STOPPED:
        # A waiting time may be over by now.
        return talker.resume(replace(state, on=today().isoformat()))
    if state and state.trail and intent == BACK:
        return talker.back(state)
    aside = asides(language_of(tracker)).hear(turn_of(tracker.latest_message), text, state, last_reply(tracker))
    if state and aside.reply:
        return aside.reply, state  # “what about the operation?” asks about the result
    if state and state.trail and intent == "change_answer":
        return talker.reopen(state, text)
    return talker.begin(today())


class ActionPrescreenPause(Action):
    """Says the last reply of a pre-screening that ends or rests: a result, a stop, an emergency."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_prescreen_pause"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        """Says one reply."""
        waiting = (tracker.get_slot(PRESCREENING) or {}).get("say")
        state = state_of(tracker)
        if waiting and state:
            dispatcher.utter_message(**waiting)
            if state.status == FINISHED and not state.trail:
                return [Restarted()]  # the person asked to be forgotten: the tracker store erases the conversation
            return _slots(kept(state, last=last_reply(tracker)))
        if last_reply(tracker) == OFFER:
            return [FollowupAction(FORM)]  # “go ahead” after an offer
        reply = interview(language_of(tracker)).nothing_open()
        say(dispatcher, reply)
        return [SlotSet(PRESCREENING, {**(tracker.get_slot(PRESCREENING) or {}), "last": last_of(reply)})]


class ActionPrescreenResult(Action):
    """Answers questions about a pre-screening: its rules, its answers, what spoke against it, what if."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_prescreen_result"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        """Says one reply."""
        talker = interview(language_of(tracker))
        state = state_of(tracker)
        intent = (tracker.latest_message.get("intent") or {}).get("name")
        text = str(tracker.latest_message.get("text") or "")
        reply = talker.of_result(str(intent), text, state) if state and state.trail else None
        reply = reply or talker.nothing_open()
        say(dispatcher, reply)
        return [SlotSet(PRESCREENING, {**(tracker.get_slot(PRESCREENING) or {}), "last": last_of(reply)})]
