"""Whether a pre-screening may be passed on to the clinic: what was agreed, what a message says to it, what is replied.

Only a plain yes right after the question is one, or a message that names sharing, or the button. What is not clear is
never a yes: it is asked again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import yaml

from actions.answering import Turn
from actions.interview.asides import CONSENT, LEAVES, NOTICE, SHARES
from actions.interview.interview import Interview
from actions.interview.state import FINISHED, STOPPED, State
from actions.reading.words import Message, Phrases
from actions.reading.yes_no import MARKS, without
from actions.replies import Button, Reply
from actions.trial import Trial
from actions.wording import Wording

#: What became of the question.
ASKED, SHARED, DECLINED = "asked", "shared", "declined"
#: Intents, as buttons carry them.
SHARE, KEEP, NO_CONTACT = "share_prescreening", "keep_private", "no_contact"
#: Replies to which the question, while it is open, is not pressed on anybody.
NOT_BESIDE = ("emergency", "smalltalk")
#: Short replies (lexicon/<language>/replies.yml) that are a no, that are none, and that sound like a yes.
REFUSING, UNSURE, AGREEING = ("deny", "stop"), ("dont_know",), ("affirm", SHARE)

T = TypeVar("T")


@dataclass(frozen=True)
class Sharing:
    """What was agreed in a conversation, as it lives in a slot: plain values, and nothing of a contact.

    Attributes:
        status: what became of the question about the newest result: asked, shared, declined; empty if it was not put.
        references: of what was shared in this conversation, the newest last.
        of: when the pre-screening began that was shared last.
        again: when the newest result was given, if an earlier one of the same pre-screening was shared.
        counted: when the pre-screening began whose end was counted last.
        step: of the contact, which part is asked for: name, reach; empty while none is.
        tries: how often that part could not be read.
        deleting: the reference about which it was asked whether to delete it.
    """

    status: str = ""
    references: tuple[str, ...] = ()
    of: float | None = None
    again: float | None = None
    counted: float | None = None
    step: str = ""
    tries: int = 0
    deleting: str = ""

    @property
    def reference(self) -> str | None:
        """Of the newest result, if it was shared."""
        return self.references[-1] if self.status == SHARED and self.references else None

    def as_dict(self) -> dict[str, Any]:
        """For the slot."""
        return {**asdict(self), "references": list(self.references)}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any] | None) -> Sharing:
        """From the slot; empty at the beginning."""
        return cls(**{**value, "references": tuple(value["references"])}) if value else cls()


@dataclass(frozen=True)
class Said:
    """What a message is to the question: to be shared, to be kept, or replied to; at most one of them."""

    share: bool = False
    keep: bool = False
    reply: Reply | None = None


class SharingReader:
    """Reads what people say about sharing in one language; whole messages only."""

    def __init__(self, words: Mapping[str, Any]) -> None:
        self._polite = Phrases({True: words["polite"]})
        kinds = ("yes", "no", "unsure")
        self._naming = Phrases({kind: words[kind] for kind in ("share", "keep")})
        self._answers = Phrases({kind: words[kind] for kind in kinds})
        self._about: Phrases[str] = Phrases(words["about"])
        self._ends = Phrases({True: words["ends"]})

    @classmethod
    def load(cls, lexicon: Path, language: str) -> SharingReader:
        """Reads lexicon/<language>/sharing.yml."""
        return cls(words_of(lexicon, language))

    def naming(self, text: str) -> str | None:
        """“share” or “keep”, if the message says so and names sharing."""
        return self._whole(self._naming, text)

    def answer(self, text: str) -> str | None:
        """“yes”, “no” or “unsure”, as an answer to the question."""
        return self._whole(self._answers, text)

    def about(self, text: str) -> str | None:
        """What the message asks about sharing."""
        return self._whole(self._about, text)

    def ends(self, text: str) -> bool:
        """Whether the message is a wish to end here."""
        return self.answer(text) == "no" or self._whole(self._ends, text) is True

    def _whole(self, phrases: Phrases[T], text: str) -> T | None:
        words = Message.of(text).words
        typed = tuple(word for word in words if word not in MARKS and word != "?")
        bare = tuple(word for word in without(words, self._polite) if word != "?")
        return phrases.whole(typed) or phrases.whole(bare)


def words_of(lexicon: Path, language: str) -> Mapping[str, Any]:
    """lexicon/<language>/sharing.yml; “no” is a word there, not a truth value."""
    text = (lexicon / language / "sharing.yml").read_text(encoding="utf-8")
    words: Mapping[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)
    return words


class SharingTexts:
    """The texts of trial/<language>/sharing.yml, filled."""

    def __init__(self, trial: Trial, language: str) -> None:
        self._texts = trial.texts[language].sharing
        self._wording = Wording(trial, language)

    def text(self, *path: str, **given: str) -> str:
        """A text, by its path, with what is given filled in."""
        return self._wording.fill(str(self._at(path)), given)

    def lines(self, *path: str) -> list[str]:
        """Texts that are a list."""
        return [f"• {self._wording.fill(text)}" for text in self._at(path)]

    def buttons(self, *pairs: tuple[str, str]) -> tuple[Button, ...]:
        """Buttons by the names of their titles, and their payloads."""
        return tuple(Button(self.text("buttons", title), payload) for title, payload in pairs)

    def _at(self, path: tuple[str, ...]) -> Any:
        entry: Any = self._texts
        for key in path:
            entry = entry[key]
        return entry


class Consent:
    """Asks in one language whether a pre-screening may be shared, and hears the answer."""

    def __init__(self, interview: Interview, reader: SharingReader, texts: SharingTexts, language: str) -> None:
        self._interview = interview
        self._reader = reader
        self._texts = texts
        self._language = language

    def asked(self, reply: Reply, sharing: Sharing) -> Reply:
        """A result with the question after it; yes and no are pressed first, and as easily."""
        parts = [reply.text, "\n".join([self._texts.text("ask"), *self._texts.lines("facts")])]
        if sharing.references:
            parts.append(self._texts.text("shared_before", reference=sharing.references[-1]))
        text = "\n\n".join([*parts, self._texts.text("shall_i")])
        return replace(reply, text=text, buttons=(*self.yes_and_no(), *reply.buttons))

    def yes_and_no(self) -> tuple[Button, ...]:
        """The two buttons."""
        return self._texts.buttons(("share", SHARES), ("keep", f"/{KEEP}"))

    def beside(self, reply: Reply, state: State | None, sharing: Sharing) -> Reply:
        """A reply to something else: while the question is open, it can still be pressed."""
        if sharing.status != ASKED or not is_result(state) or reply.kind in NOT_BESIDE:
            return reply
        there = {button.payload for button in reply.buttons}
        more = (button for button in self.yes_and_no() if button.payload not in there)
        return replace(reply, buttons=(*reply.buttons, *more))

    def with_reference(self, reply: Reply, sharing: Sharing) -> Reply:
        """A reply about a result that was shared, with its reference; one that was not can be shared later."""
        if reply.verdict is None:
            return reply
        if sharing.reference:
            return replace(reply, verdict={**reply.verdict, "reference": sharing.reference})
        if sharing.status == DECLINED:
            return replace(reply, buttons=(*reply.buttons, *self._texts.buttons(("share_later", SHARES))))
        return reply

    def ended(self, state: State, sharing: Sharing) -> Reply:
        """The result of a pre-screening that ends early, and the question."""
        return self.asked(self._interview.result_of(state, self._texts.text("ended")), sharing)

    def hear(
        self,
        turn: Turn,
        text: str,
        intent: str,
        state: State | None,
        sharing: Sharing,
        last: str | None,
        sure: bool = True,
        plainly: bool = False,
    ) -> Said:
        """What a message is to the question; `last` is what the reply just before was, `sure` whether it is understood.

        Nothing that is understood by likeliness alone is taken for a yes. `plainly` it must be said word for word.
        """
        topic = turn.questions[0].topic
        if topic == "emergency" or not is_result(state):
            return Said()
        assert state is not None
        pressed = text.startswith("/")
        if last == NOTICE and (topic in REFUSING or (not pressed and self._reader.ends(text))):
            return Said(reply=self.ended(state, sharing))
        naming = None if pressed else self._reader.naming(text)
        if (pressed and intent == SHARE) or naming == "share":
            return Said(share=True) if sharing.status else Said(reply=self.ended(state, sharing))
        if (pressed and intent == KEEP) or naming == "keep":
            return self._refused(sharing)
        if pressed:
            return Said()
        if last == CONSENT:
            return self._answered(turn, text, intent, sharing, plainly)
        if plainly:
            return Said()
        if intent == SHARE and sharing.status != SHARED:
            return Said(reply=self._sure() if sharing.status else self.ended(state, sharing))
        if intent == KEEP and sure and sharing.status == ASKED:
            return self._refused(sharing)
        if last is None and sharing.status == ASKED:
            # The question is still there to be pressed, but it was not the last thing said: only a no is plain.
            if topic == "affirm":
                return Said(reply=self._sure())
            if topic == "deny":
                return self._refused(sharing)
        return Said()

    def too_early(self, text: str, state: State | None) -> Reply | None:
        """Word that there is no result to share yet, to somebody who wants to share one and has only begun."""
        if state is None or not state.trail or state.status != STOPPED or self._reader.naming(text) != "share":
            return None
        buttons = self._texts.buttons(("go_on", "/resume"))
        return Reply("service", self._texts.text("too_early"), self._language, buttons=buttons)

    def _answered(self, turn: Turn, text: str, intent: str, sharing: Sharing, plainly: bool) -> Said:
        """A message right after the question."""
        topic = turn.questions[0].topic
        answer, about = self._reader.answer(text), self._reader.about(text)
        if answer == "yes":
            return Said(share=True)
        if answer == "no":
            return self._refused(sharing)
        if about:
            return Said(reply=self._again(self._texts.text("about", about)))
        if plainly:
            return Said()
        if topic == "why":
            return Said(reply=self._again(self._texts.text("about", "why")))
        if answer == "unsure" or topic in UNSURE:
            return Said(reply=self._again(self._texts.text("unsure"), question=False))
        if topic in REFUSING:
            return self._refused(sharing)
        if topic == "privacy":
            return Said(reply=self._again(self._texts.text("about", "all")))
        half = intent in (SHARE, KEEP) or topic in AGREEING or self._interview.opens_with_yes_or_no(text)
        return Said(reply=self._sure()) if half or self._interview.agrees(text) else Said()

    def _refused(self, sharing: Sharing) -> Said:
        if sharing.status == SHARED:
            told = self._texts.text("already_shared", reference=sharing.references[-1])
            return Said(reply=Reply("service", told, self._language))
        return Said(keep=True) if sharing.status else Said()

    def _sure(self) -> Reply:
        return self._again(self._texts.text("be_sure"))

    def _again(self, text: str, question: bool = True) -> Reply:
        """Something about the question, and the question again; it stays open in any case."""
        said = [text, self._texts.text("shall_i")] if question else [text]
        return Reply("service", "\n\n".join(said), self._language, buttons=self.yes_and_no())

    # What became of it

    def shared(self, state: State, reference: str, again: bool = False) -> Reply:
        """It was shared: the reference, how long it is kept, how it is deleted; then whether to leave a contact."""
        told = self._texts.text("shared_already" if again else "shared", reference=reference)
        reply = self._interview.result_of(state)
        text = "\n\n".join([told, self._texts.text("contact", "offer")])
        offer = self._texts.buttons(("leave_contact", LEAVES), ("no_contact", f"/{NO_CONTACT}"))
        verdict = {**(reply.verdict or {}), "reference": reference}
        return replace(reply, text=text, verdict=verdict, buttons=(*offer, *reply.buttons))

    def kept_private(self, state: State) -> Reply:
        """Nothing was passed on."""
        buttons = self._interview.result_of(state).buttons
        return Reply("service", self._texts.text("kept_private"), self._language, buttons=buttons)

    def failed(self) -> Reply:
        """It could not be stored; it can be tried again."""
        buttons = self._texts.buttons(("try_again", SHARES), ("keep", f"/{KEEP}"))
        return Reply("service", self._texts.text("failed"), self._language, buttons=buttons)

    def no_contact(self) -> Reply:
        """No contact is left."""
        return Reply("service", self._texts.text("contact", "declined"), self._language)

    def stays(self, sharing: Sharing) -> str | None:
        """That what was shared is not erased with the chat; None if nothing was."""
        if not sharing.references:
            return None
        return "\n".join(self._texts.text("stays", reference=reference) for reference in sharing.references)


def is_result(state: State | None) -> bool:
    """Whether a pre-screening has come to a result: at its end, or before it where an answer settled the outcome."""
    if state is None or not state.trail:
        return False
    return state.status == FINISHED or (state.status == STOPPED and state.told_out)
