"""Rasa's actions of what comes after a pre-screening: sharing it, leaving a contact, deleting.

What a message means and what is replied is worked out in actions/interview/; what is stored and erased is in records/.
That is slow and can fail: it is done in a thread, and a failure is said kindly. No log has anything of a person.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Any, TypeVar

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.answering import Talk
from actions.counts import counted
from actions.interview.asides import CONSENT, CONTACT, last_of
from actions.interview.build import consent, contacts, deleting, interview
from actions.interview.contact import Checks, Given, Taken
from actions.interview.deleting import WrongReferences
from actions.interview.sharing import ASKED, DECLINED, NO_CONTACT, SHARED, Sharing, is_result
from actions.interview.state import FINISHED, State
from actions.interview.transcript import joined, transcript
from actions.prescreen import rules_version
from actions.replies import Reply
from actions.speaking import (
    CONTACT_FORM,
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
    sharing_of,
    state_of,
    turn_of,
)
from actions.trial import trial
from records.reference import reference_in

logger = logging.getLogger(__name__)

#: Slots.
REFERENCE = "shared"
CONTACT_ANSWER = "contact_answer"
#: What the last reply was: it asked whether to delete something.
DELETING = "deleting"
DELETE = "delete_data"
#: Who deletes, for the audit.
PERSON = "person"

T = TypeVar("T")
wrong_references = WrongReferences()


@dataclass
class Done:
    """What came of a turn: the reply, the slots that change, and whether the conversation is to be erased.

    Attributes:
        opens_contact: the steps of a contact are to begin instead.
    """

    reply: Reply | None = None
    sharing: Sharing | None = None
    last: str | None = None
    slots: dict[str, Any] = field(default_factory=dict)
    erased: bool = False
    opens_contact: bool = False

    def events(self, tracker: Tracker) -> list[EventType]:
        """The slots as they are after it."""
        kept = {**(tracker.get_slot(PRESCREENING) or {}), "say": None, "last": self.last or last_of(self.reply)}
        changed: dict[str, Any] = {PRESCREENING: kept, **self.slots}
        if self.sharing is not None:
            changed[SHARING] = self.sharing.as_dict()
        return [SlotSet(name, value) for name, value in changed.items()]


class CannotStoreError(Exception):
    """The records could not be read or changed just now."""


async def stored(what: Callable[..., T], *arguments: Any, expected: tuple[type[Exception], ...] = (), **more: Any) -> T:
    """What a function of records gives, called beside the conversations.

    Raises:
        CannotStoreError: if it fails in a way that is not expected; why stands in the log, by its kind only.
    """
    try:
        return await asyncio.to_thread(what, *arguments, **more)
    except expected:
        raise
    except Exception as error:
        logger.error("The records could not be used: %s.", type(error).__name__)
        raise CannotStoreError from None


# Asking and hearing


def asked(reply: Reply, state: State, tracker: Tracker, sharing: Sharing) -> tuple[Reply, Sharing]:
    """A result with the question whether to share it, where it is new."""
    if state.status != FINISHED or not state.trail or reply.kind != "prescreen_result":
        return reply, sharing
    reply = consent(language_of(tracker)).asked(reply, sharing)
    return reply, put(sharing, state, tracker, reply)


def put(sharing: Sharing, state: State, tracker: Tracker, reply: Reply) -> Sharing:
    """The question was put about a new result; the end of a pre-screening is counted once."""
    again = said_at(tracker) if sharing.references and sharing.of == state.begun else None
    if sharing.counted != state.begun or state.begun is None:
        counted("finished")
        counted("outcome", str((reply.verdict or {}).get("outcome", "")))
    return replace(sharing, status=ASKED, again=again, counted=state.begun, step="", tries=0)


async def heard_of(tracker: Tracker, plainly: bool = False) -> Done | None:
    """What came of a message about sharing, a contact or deleting; None if it is about something else.

    ``plainly`` it has to say so, word for word: it has been understood as something else.
    """
    done = await heard_of_deleting(tracker)
    if done:
        return done
    message, language = tracker.latest_message, language_of(tracker)
    text, intent, last = str(message.get("text") or ""), intent_of(message), last_reply(tracker)
    state, sharing, turn = state_of(tracker), sharing_of(tracker), turn_of(message)
    talker = consent(language)
    if Talk.from_dict(tracker.get_slot(TALK)).alarm:
        return None
    if state is None or not is_result(state):
        early = talker.too_early(text, state)
        return Done(early, sharing) if early else None
    if last == CONTACT and not plainly and turn.questions[0].topic != "emergency":
        if turn.questions[0].topic == "affirm" or interview(language).agrees(text) or await _is_contact(text):
            return Done(opens_contact=True)
        if turn.questions[0].topic == "deny" or interview(language).refuses(text):
            return Done(talker.no_contact(), sharing)
    if intent == NO_CONTACT and sharing.references:
        return Done(talker.no_contact(), sharing)
    said = talker.hear(turn, text, intent, state, sharing, last, heard(message).sure, plainly)
    if said.share:
        return await _share(tracker, state, sharing)
    if said.keep:
        if sharing.status != DECLINED:
            counted("declined")
        return Done(talker.kept_private(state), replace(sharing, status=DECLINED))
    if said.reply is None:
        return None
    new = said.reply.kind == "prescreen_result" and last_of(said.reply) == CONSENT
    return Done(said.reply, put(sharing, state, tracker, said.reply) if new else sharing)


async def _share(tracker: Tracker, state: State, sharing: Sharing) -> Done:
    """Stores the pre-screening; the same one only once."""
    talker = consent(language_of(tracker))
    if sharing.reference:
        slots = {REFERENCE: sharing.reference}
        return Done(talker.shared(state, sharing.reference, again=True), sharing, slots=slots)
    try:
        reference = await stored(_store, tracker.sender_id, list(tracker.events), state, sharing, language_of(tracker))
    except CannotStoreError:
        return Done(talker.failed(), sharing)
    references = (*(known for known in sharing.references if known != reference), reference)
    sharing = replace(sharing, status=SHARED, references=references, of=state.begun)
    return Done(talker.shared(state, reference), sharing, slots={REFERENCE: reference})


def _store(conversation: str, present: list[dict[str, Any]], state: State, sharing: Sharing, language: str) -> str:
    """The reference under which a pre-screening, with what was said in it, is stored."""
    from conversations.events import Events
    from records.sharing import Said, Shared, share

    events = joined(Events().events(conversation), present)
    begun = state.begun if state.begun is not None else float(events[0]["timestamp"])
    lines = transcript(events, begun, _title_in(language), CONTACT_FORM)
    verdict = interview(language).verdict(state).as_dict()
    said = tuple(Said(line.speaker, line.text, _moment(line.at), line.answers) for line in lines)
    at = _moment(sharing.again or begun)
    return share(Shared(conversation, at, state.as_dict(), verdict, language, said, rules_version()))


def _title_in(language: str) -> Callable[[str], str]:
    answers = trial().texts[language].answers
    return lambda topic: str(answers.get(topic, {}).get("title") or topic.replace("_", " "))


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, timezone.utc)


# A contact


def _checks() -> Checks:
    from records.sharing import email_of, name_of, phone_of

    return Checks(name_of, phone_of, email_of)


async def _is_contact(text: str) -> bool:
    """Whether a message holds a telephone number or an e-mail address."""
    if text.startswith("/") or not ("@" in text or any(sign.isdigit() for sign in text)):
        return False
    checks = await asyncio.to_thread(_checks)
    return bool(checks.phone(text) or checks.email(text))


async def _noted(taken: Taken, sharing: Sharing, language: str) -> Taken:
    """Stores what was understood; where that fails, the step stays open."""
    if not taken.given:
        return taken
    talker = contacts(language)
    try:
        there = await stored(_add_contact, sharing.references[-1], taken.given)
    except CannotStoreError:
        return Taken(talker.failed(sharing), sharing)
    return taken if there else Taken(talker.lost(), replace(sharing, step=""))


def _add_contact(reference: str, given: Given) -> bool:
    """Adds to a record how its person can be reached; whether there is that record."""
    from records.sharing import UnknownReferenceError, add_contact

    try:
        add_contact(reference, name=given.name, phone=given.phone, email=given.email)
    except UnknownReferenceError:
        return False
    return True


def _waiting(tracker: Tracker, reply: Reply, sharing: Sharing) -> dict[str, Any]:
    """The slots that keep a reply until it is said."""
    kept = {**(tracker.get_slot(PRESCREENING) or {}), "say": said_by(reply), "last": last_of(reply)}
    return {PRESCREENING: kept, SHARING: sharing.as_dict()}


class ValidateContactForm(FormValidationAction):
    """Hears a name, a number, or whatever else is said while one of them is asked for."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "validate_contact_form"

    async def validate_contact_answer(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """The slots after this turn; the form ends where nothing is asked for any more."""
        sharing, language = sharing_of(tracker), language_of(tracker)
        done = await heard_of_deleting(tracker)
        if done and done.reply:
            found = _waiting(tracker, done.reply, replace(done.sharing or sharing, step=""))
            if done.erased:
                found[PRESCREENING]["state"] = nothing_left(tracker)
            return {CONTACT_ANSWER: None, **found, REQUESTED: None}
        talk = Talk.from_dict(tracker.get_slot(TALK))
        checks = await asyncio.to_thread(_checks)
        taken, talk = contacts(language).hear(heard(tracker.latest_message), sharing, talk, checks)
        taken = await _noted(taken, sharing, language)
        slots = {CONTACT_ANSWER: None, TALK: talk.as_dict(), **_waiting(tracker, taken.reply, taken.sharing)}
        return slots if taken.sharing.step else {**slots, REQUESTED: None}


class ActionAskContactAnswer(Action):
    """Says the reply that was worked out; asks for the name where the form begins."""

    def name(self) -> str:
        """The name in domain.yml."""
        return "action_ask_contact_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        """Says one reply."""
        kept = tracker.get_slot(PRESCREENING) or {}
        if kept.get("say"):
            dispatcher.utter_message(**kept["say"])
            return [SlotSet(PRESCREENING, {**kept, "say": None})]
        sharing, language = sharing_of(tracker), language_of(tracker)
        checks = await asyncio.to_thread(_checks)
        taken = contacts(language).opened(str(tracker.latest_message.get("text") or ""), sharing, checks)
        taken = await _noted(taken, sharing, language)
        waiting = _waiting(tracker, taken.reply, taken.sharing)
        if not taken.sharing.step:
            # There is nothing to ask for: the form ends, and its last word is said there.
            return [SlotSet(REQUESTED, None), *(SlotSet(name, value) for name, value in waiting.items())]
        dispatcher.utter_message(**waiting[PRESCREENING]["say"])
        waiting[PRESCREENING]["say"] = None
        return [SlotSet(name, value) for name, value in waiting.items()]


# Deleting


async def heard_of_deleting(tracker: Tracker) -> Done | None:
    """What came of a wish to have something deleted; None if the message is none, or an emergency."""
    message = tracker.latest_message
    text, intent, language = str(message.get("text") or ""), intent_of(message), language_of(tracker)
    turn, sharing = turn_of(message), sharing_of(tracker)
    if turn.questions[0].topic == "emergency":
        return None
    talker = deleting(language)
    reference = reference_in(text)
    if reference and not talker.reader.wishes(text):
        return Done(talker.asking(reference), replace(sharing, deleting=reference), last=DELETING)
    if not reference and last_reply(tracker) == DELETING:
        if turn.questions[0].topic == "affirm" or interview(language).agrees(text):
            reference = sharing.deleting
        elif turn.questions[0].topic == "deny" or interview(language).refuses(text):
            return Done(talker.told("kept"), replace(sharing, deleting=""))
    if reference:
        return await _erase_reference(reference, tracker)
    if talker.reader.looks_like_one(text) and talker.reader.wishes(text):
        return Done(talker.unknown(), sharing)
    if intent == DELETE and turn.questions[0].topic == DELETE:
        return await erase_chat(tracker)
    return None


def is_about_a_reference(text: str) -> bool:
    """Whether a message names a reference, or something that was meant as one, to have it deleted."""
    reader = deleting(trial().language).reader
    return bool(reference_in(text)) or (reader.looks_like_one(text) and reader.wishes(text))


async def erase_chat(tracker: Tracker) -> Done:
    """Erases a conversation and what was shared from it."""
    talker = deleting(language_of(tracker))
    try:
        records = await stored(_erase_conversation, tracker.sender_id)
    except CannotStoreError:
        return Done(talker.told("failed"), sharing_of(tracker))
    return Done(talker.done(records), Sharing(), erased=True)


async def _erase_reference(reference: str, tracker: Tracker) -> Done:
    """Erases what a reference stands for, and this chat; tells kindly where there is nothing."""
    talker, language = deleting(language_of(tracker)), language_of(tracker)
    sharing = replace(sharing_of(tracker), deleting="")
    if wrong_references.too_many(tracker.sender_id):
        return Done(talker.told("too_many"), sharing)
    try:
        there = await stored(_erase_record, reference)
    except CannotStoreError:
        return Done(talker.told("failed"), sharing)
    if not there:
        wrong_references.add(tracker.sender_id)
        return Done(talker.unknown(), sharing)
    others = replace(sharing, references=tuple(known for known in sharing.references if known != reference))
    said = talker.done_by(reference)
    stays = consent(language).stays(others)
    return Done(replace(said, text=f"{said.text}\n\n{stays}") if stays else said, Sharing(), erased=True)


def _erase_conversation(conversation: str) -> int:
    from records.erasing import erase_conversation

    return erase_conversation(conversation, PERSON)


def _erase_record(reference: str) -> bool:
    from records.erasing import erase_reference

    return erase_reference(reference, PERSON)


def nothing_left(tracker: Tracker) -> dict[str, Any]:
    """A pre-screening that was forgotten, for the slot."""
    state = state_of(tracker)
    return State(state.on if state else "", status=FINISHED).as_dict()
