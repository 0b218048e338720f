"""Rasa's actions of the pre-screening: one form, whose single slot is asked again and again.

`validate_prescreen_form` hears what was said and works out the reply; `action_ask_prescreen_answer` says it while
the form goes on, `action_prescreen_pause` when it ends or rests. What was answered is one slot, `prescreening`.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import EventType, FollowupAction, Restarted, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.answering import Talk
from actions.counts import counted
from actions.interview.asides import BACK, OFFER, last_of
from actions.interview.build import asides, consent, interview
from actions.interview.interview import Interview
from actions.interview.sharing import Sharing
from actions.interview.state import FINISHED, OPEN, STOPPED, State
from actions.replies import Reply
from actions.sharing import DELETING, Done, asked, erase_chat, heard_of, heard_of_deleting, is_about_a_reference
from actions.speaking import (
    FORM,
    PRESCREENING,
    REQUESTED,
    SHARING,
    TALK,
    heard,
    intent_of,
    language_of,
    last_reply,
    said_at,
    said_by,
    say,
    sharing_of,
    slots,
    state_of,
    turn_of,
)

#: Slots.
STOPPED_SLOT = "prescreen_stopped"
ANSWER = "prescreen_answer"
#: A question about a result that there is not.
WHAT_IF = "what_if"
#: The day of the screening, for tests and demonstrations; today if it is not set.
DAY = "TRIAL_GUIDE_DAY"


def today() -> date:
    """The day of the screening."""
    return date.fromisoformat(os.environ[DAY]) if os.environ.get(DAY) else date.today()


def kept(state: State, reply: Reply | None = None, last: str | None = None) -> dict[str, Any]:
    """The slots that keep a pre-screening, what is still to be said, and what the last reply was."""
    waiting = {"say": said_by(reply), "last": last_of(reply)} if reply else {"say": None, "last": last}
    return {PRESCREENING: {"state": state.as_dict(), **waiting}, STOPPED_SLOT: state.status == STOPPED}


def begun(state: State, tracker: Tracker) -> State:
    """The state with the time of its beginning, if this turn is that."""
    if state.begun is not None or state.status != OPEN:
        return state
    counted("begun")
    return replace(state, begun=said_at(tracker))


def count_changes(before: State, after: State, reply: Reply) -> None:
    """Counts which questions were passed over, and where somebody stopped."""
    for key in after.skipped:
        if key not in before.skipped:
            counted("skipped", key)
    if after.status == STOPPED and reply.kind == "service" and after.key:
        counted("stopped_at", after.key)


class ValidatePrescreenForm(FormValidationAction):
    """Hears an answer, or whatever else was said while a question is open."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "validate_prescreen_form"

    async def validate_prescreen_answer(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """The slots after this turn; the form ends where no question is open any more."""
        before = state_of(tracker)
        if before is None or before.status != OPEN:
            return {ANSWER: None}
        talk = Talk.from_dict(tracker.get_slot(TALK))
        talker, before_it = interview(language_of(tracker)), sharing_of(tracker)
        message = heard(tracker.latest_message)
        done = await heard_of_deleting(tracker) if names_a_reference(tracker) else None
        if done and done.reply:
            return _deleted(done, before, talker)
        reply, state, talk = talker.hear(message, before, talk)
        if state.status == FINISHED and not state.trail:
            done = await erase_chat(tracker)
            return _deleted(done, before, talker)
        state = begun(state, tracker)
        count_changes(before, state, reply)
        reply, sharing = asked(reply, state, tracker, before_it)
        found = {ANSWER: None, TALK: talk.as_dict(), **kept(state, reply)}
        if sharing != before_it:
            found[SHARING] = sharing.as_dict()
        return found if state.status == OPEN else {**found, REQUESTED: None}


def names_a_reference(tracker: Tracker) -> bool:
    """Whether the message is about something that was shared, or answers the question whether to delete it."""
    text = str(tracker.latest_message.get("text") or "")
    return last_reply(tracker) == DELETING or is_about_a_reference(text)


def _deleted(done: Done, state: State, talker: Interview) -> dict[str, Any]:
    """The slots after a wish to delete something: the form ends where all is erased, and goes on where not."""
    assert done.reply
    changed = {SHARING: done.sharing.as_dict()} if done.sharing else {}
    if done.erased:
        return {ANSWER: None, **kept(State(state.on, status=FINISHED), done.reply), **changed, REQUESTED: None}
    found = kept(state, talker.beside(done.reply, state))
    found[PRESCREENING]["last"] = done.last
    return {ANSWER: None, **found, **changed}


class ActionAskPrescreenAnswer(Action):
    """Says the reply that was worked out; begins, resumes or reopens a pre-screening where the form begins."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_ask_prescreen_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        """Says one reply."""
        waiting = (tracker.get_slot(PRESCREENING) or {}).get("say")
        state = state_of(tracker)
        if waiting and state:
            dispatcher.utter_message(**waiting)
            return slots(kept(state, last=_deleting(tracker)))
        done = await heard_of(tracker, plainly=True)
        if done and done.reply and state:
            # “Yes, send it” sounds like “go on” to some: the form ends, and what came of it is said there.
            state = State(state.on, status=FINISHED) if done.erased else state
            return [*done.events(tracker), SlotSet(REQUESTED, None), *slots(kept(state, done.reply))]
        sharing = sharing_of(tracker)
        reply, state = _opened(interview(language_of(tracker)), state, tracker)
        state = begun(state, tracker)
        if state.status != OPEN:
            # Nothing is left to ask: the form ends, and its last word is said there.
            reply, sharing = asked(reply, state, tracker, sharing)
            changed = {**kept(state, reply), SHARING: sharing.as_dict()}
            return [SlotSet(REQUESTED, None), *slots(changed)]
        say(dispatcher, reply)
        return slots({**kept(state), SHARING: replace(sharing, status="", step="").as_dict()})


def _deleting(tracker: Tracker) -> str | None:
    """What the last reply was, where it asked whether to delete something."""
    return DELETING if last_reply(tracker) == DELETING else None


def _opened(talker: Interview, state: State | None, tracker: Tracker) -> tuple[Reply, State]:
    intent = intent_of(tracker.latest_message)
    text = str(tracker.latest_message.get("text") or "")
    if state and intent in ("resume", "prescreen", "affirm") and state.status == STOPPED:
        # A waiting time may be over by now.
        return talker.resume(replace(state, on=today().isoformat()))
    # Whatever another answer settles is told anew.
    if state and state.trail and intent == BACK:
        return talker.back(replace(state, told_out=False))
    aside = asides(language_of(tracker)).hear(turn_of(tracker.latest_message), text, state, last_reply(tracker))
    if state and aside.reply:
        return aside.reply, state  # “what about the operation?” asks about the result
    if state and state.trail and intent == "change_answer":
        return talker.reopen(replace(state, told_out=False), text)
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
            return slots(kept(state, last=last_reply(tracker)))
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

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        """Says one reply."""
        done = await heard_of(tracker, plainly=True)
        if done and done.reply:
            say(dispatcher, done.reply)
            return [Restarted()] if done.erased else done.events(tracker)
        talker = interview(language_of(tracker))
        state, sharing = state_of(tracker), sharing_of(tracker)
        intent = intent_of(tracker.latest_message)
        text = str(tracker.latest_message.get("text") or "")
        reply = talker.of_result(intent, text, state) if state and state.trail else None
        reply = _with_sharing(reply, intent, state, sharing, tracker) if reply else talker.nothing_open()
        say(dispatcher, reply)
        return [SlotSet(PRESCREENING, {**(tracker.get_slot(PRESCREENING) or {}), "last": last_of(reply)})]


def _with_sharing(reply: Reply, intent: str, state: State | None, sharing: Sharing, tracker: Tracker) -> Reply:
    """A reply about the result, with its reference or the question about it; what is only supposed has neither."""
    talker = consent(language_of(tracker))
    reply = reply if intent == WHAT_IF else talker.with_reference(reply, sharing)
    return talker.beside(reply, state, sharing)
