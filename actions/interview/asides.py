"""What the pre-screening has to do with what is said outside its questions.

A plain yes takes up what its last reply offered; a question about one's heart, after a result, is about the result;
and whoever asks who could join is offered to go through the rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from actions.answering import Turn
from actions.interview.interview import Interview
from actions.interview.state import OPEN, State
from actions.interview.suppositions import keys_named, stands_in
from actions.replies import Button, Reply
from actions.trial import read_yaml

#: What the last reply was, as the slot keeps it: it offered to begin or to go on, it gave a result, or did both; it
#: asked whether the result may be shared, or whether to leave a contact.
OFFER, RESULT, NOTICE, CONSENT, CONTACT = "offer", "result", "notice", "consent", "contact"
#: After these, a question may be about the result.
AFTER_IT = (RESULT, NOTICE, CONSENT, CONTACT)
#: Where the first button of an offer leads, and of the questions after a result.
BEGINS = ("/prescreen", "/resume")
SHARES, LEAVES = "/share_prescreening", "/leave_contact"
#: Topics after which going through the rules is offered.
OFFERED_AFTER = ("eligibility",)
#: “Back”, which after a result is the question that was answered last.
BACK = "go_back"
#: A plain “why?” or “why not?”, which after a result asks what spoke against it.
WHY = ("why", "why_not")


@dataclass(frozen=True)
class Aside:
    """What becomes of a turn: the questions begin or go on, or the pre-screening answers it, or neither."""

    begins: bool = False
    reply: Reply | None = None


def last_of(reply: Reply | None) -> str | None:
    """What the slot keeps of a reply: an offer is one that ends with a question and a button to begin or to go on."""
    if reply is None:
        return None
    if reply.text.rstrip().endswith("?") and reply.buttons:
        leads = reply.buttons[0].payload
        if leads in (SHARES, LEAVES):
            return CONSENT if leads == SHARES else CONTACT
        if leads in BEGINS:
            return NOTICE if reply.kind == "prescreen_result" else OFFER
    return RESULT if reply.kind == "prescreen_result" else None


class Asides:
    """Hears, in one language, what is said while no question of the pre-screening is open."""

    def __init__(self, interview: Interview, words: Mapping[str, Sequence[str]]) -> None:
        """``words`` are those of lexicon/<language>/suppositions.yml."""
        self._interview = interview
        self._about, self._asking = words["about"], words["asking"]
        self._oneself = words["oneself"]

    @classmethod
    def load(cls, lexicon: Path, language: str, interview: Interview) -> Asides:
        """Reads the words of a language."""
        return cls(interview, read_yaml(lexicon / language / "suppositions.yml"))

    def hear(self, turn: Turn, text: str, state: State | None, last: str | None) -> Aside:
        """What the turn is to the pre-screening; `last` is what its reply just before was, if there was one."""
        topic = turn.questions[0].topic
        if last in (OFFER, NOTICE) and (topic == "affirm" or self._interview.agrees(text)):
            return Aside(begins=True)
        if last == OFFER and topic != "emergency" and (length := self._interview.length(text)):
            return Aside(reply=length)
        if state is None or not state.trail or state.status == OPEN:
            return Aside()
        if last is not None and topic == BACK:
            return Aside(begins=True)
        if last is not None and topic in WHY:
            return Aside(reply=self._interview.why_not(state))
        rules = self._rules(turn, text, last) if topic != "emergency" else []
        return Aside(reply=self._interview.rules_of(state, rules)) if rules else Aside()

    def _rules(self, turn: Turn, text: str, last: str | None) -> list[str]:
        """The rules that a question about the result names, by themselves or by an answer that they look at."""
        asked = " ".join(text.lower().replace("’", "'").replace("?", " ").split())
        about, asking = (_opens(asked, openings) for openings in (self._about, self._asking))
        of_oneself = any(stands_in(word, asked) for word in self._oneself)
        after_it = last in AFTER_IT
        if not (about and (of_oneself or after_it)) and not (asking and of_oneself and after_it):
            return []
        named = [question.criterion for question in turn.questions if question.criterion]
        if named:
            return list(dict.fromkeys(named))
        return self._interview.rules_about(keys_named(asked, self._interview.names()))

    def offered(self, reply: Reply, turn: Turn, text: str) -> Reply:
        """A reply on who could join, with the offer to go through the rules; asked of somebody, it begins with it."""
        if reply.kind != "answer" or not any(question.topic in OFFERED_AFTER for question in turn.questions):
            return reply
        asked = text.lower().replace("’", "'")
        first = [self._interview.text("offer_first")] if any(stands_in(word, asked) for word in self._oneself) else []
        said = "\n\n".join([*first, reply.text, self._interview.text("offer")])
        start = Button(self._interview.text("buttons", "start"), BEGINS[0])
        others = tuple(button for button in reply.buttons if button.payload not in BEGINS)
        return replace(reply, text=said, buttons=(start, *others))


def _opens(text: str, openings: Sequence[str]) -> bool:
    return any(f"{text} ".startswith(f"{words} ") for words in openings)
