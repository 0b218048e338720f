"""How somebody can be reached, if they want to be: two short steps, a name and then a number or an address.

Nothing of it is kept between two turns: what was understood is stored with the record at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from actions.answering import Answerer, Talk
from actions.interview.interview import Heard, Interview
from actions.interview.sharing import NO_CONTACT, Sharing, SharingTexts
from actions.reading.words import Message, Phrases
from actions.reading.yes_no import MARKS
from actions.replies import Button, Reply

#: The steps.
NAME, REACH = "name", "reach"
#: After so many answers that could not be read, skipping is offered in words as well.
TRIES = 2
#: A name has no more words than these; what has more is no name.
MOST_WORDS = 6
#: Wishes and buttons that end the steps or the step, whatever they mean elsewhere.
STOPPING = ("stop", "later", "forget", "restart", "resume")
SKIPPING = ("rather_not", "dont_know")
SKIP, BACK = "/dont_know", "/go_back"
PRESSED: Mapping[str, str] = {SKIP: "skip", BACK: "back", "/stop": "stop", f"/{NO_CONTACT}": "stop", "/deny": "stop"}
Check = Callable[[str], str | None]


@dataclass(frozen=True)
class Checks:
    """What a text gives as a name, a telephone number and an e-mail address, each properly written; None if none."""

    name: Check
    phone: Check
    email: Check


@dataclass(frozen=True)
class Given:
    """What is to be stored with the record; empty where there is nothing."""

    name: str = ""
    phone: str = ""
    email: str = ""

    def __bool__(self) -> bool:
        return bool(self.name or self.phone or self.email)


@dataclass(frozen=True)
class Taken:
    """What came of a message: what is to be stored, what is said then, and how it stands."""

    reply: Reply
    sharing: Sharing
    given: Given = Given()


class Contacts:
    """Asks for a contact in one language."""

    def __init__(
        self, interview: Interview, answerer: Answerer, words: Mapping[str, Any], texts: SharingTexts, language: str
    ) -> None:
        """``words`` are those under `contact` of lexicon/<language>/sharing.yml."""
        self._interview = interview
        self._answerer = answerer
        self._texts = texts
        self._language = language
        self._wishes: Phrases[str] = Phrases({kind: words[kind] for kind in ("skip", "stop", "back")})
        self._before = sorted((str(text) for text in words["before_name"]), key=len, reverse=True)
        self._after = sorted((str(text) for text in words["after_name"]), key=len, reverse=True)

    def opened(self, text: str, sharing: Sharing, checks: Checks) -> Taken:
        """The first step; a message that holds a number or an address already is taken at once."""
        if not sharing.references:
            return Taken(self._service("none_to_add_to"), replace(sharing, step=""))
        given = self._reach(text, checks)
        if given and not text.startswith("/"):
            return self._done(given, sharing)
        return self._asking(replace(sharing, step=NAME, tries=0))

    def hear(self, heard: Heard, sharing: Sharing, talk: Talk, checks: Checks) -> tuple[Taken, Talk]:
        """A message while one of the steps is open; an emergency comes first, and closes them."""
        if any(asked.topic == "emergency" for asked in heard.turn.questions):
            reply, talk = self._answerer.reply(heard.turn, talk)
            return Taken(reply, replace(sharing, step="", tries=0)), talk
        talk = replace(talk, alarm=False)
        given = Given() if heard.text.startswith("/") else self._reach(heard.text, checks)
        if given:
            beside = self._beside(heard.text, checks) if sharing.step == NAME else ""
            return self._done(replace(given, name=beside), sharing), talk
        wish = self._wish(heard)
        if wish:
            return self._obey(wish, sharing), talk
        if heard.asks or heard.text.startswith("/"):
            reply, talk = self._answerer.reply(heard.turn, talk)
            return self._asking(sharing, reply=reply), talk
        if sharing.step == NAME and (heard.topic == "affirm" or self._interview.agrees(heard.text)):
            return self._asking(sharing), talk  # “yes” is no name
        if sharing.step == NAME:
            return self._take_name(heard.text, sharing, checks), talk
        return self._not_read(sharing, self._wrong(heard.text)), talk

    def failed(self, sharing: Sharing) -> Reply:
        """What was understood could not be stored; the step stays open."""
        return self._asking(sharing, self._texts.text("contact", "failed")).reply

    def lost(self) -> Reply:
        """The record has gone."""
        return self._service("none_to_add_to")

    def _wish(self, heard: Heard) -> str | None:
        if heard.text.startswith("/"):
            return PRESSED.get(heard.text)
        words = tuple(word for word in Message.of(heard.text).words if word not in MARKS and word != "?")
        said = self._wishes.whole(words)
        if said:
            return said
        wish = self._interview.wish(heard.text)
        if wish in STOPPING:
            return "stop"
        if wish in SKIPPING:
            return "skip"
        if wish == "back" or heard.topic == "go_back":
            return "back"
        return "stop" if heard.topic in ("deny", "stop") else None

    def _obey(self, wish: str, sharing: Sharing) -> Taken:
        if wish == "back":
            return self._asking(replace(sharing, step=NAME, tries=0))
        if wish == "skip" and sharing.step == NAME:
            return self._asking(replace(sharing, step=REACH, tries=0))
        return Taken(self._service("stopped"), replace(sharing, step="", tries=0))

    def _take_name(self, text: str, sharing: Sharing, checks: Checks) -> Taken:
        name = checks.name(self._bare(text))
        if name is None or len(name.split()) > MOST_WORDS or any(letter.isdigit() for letter in name):
            return self._not_read(sharing, "name_again")
        said = self._texts.text("contact", "noted_name", name=name)
        return replace(self._asking(replace(sharing, step=REACH, tries=0), said), given=Given(name=name))

    def _bare(self, text: str) -> str:
        """The name without “my name is” and the like."""
        name, before = " ".join(text.replace("’", "'").split()).strip(" .,!"), ""
        while name != before:
            before = name
            for words in self._before:
                if name.lower().startswith(f"{words} ") or name.lower().startswith(f"{words}, "):
                    name = name[len(words) :].strip(" ,:.")
                    break
            for words in self._after:
                if name.lower().endswith(f" {words}"):
                    name = name[: -len(words)].strip(" ,.")
                    break
        return name

    def _beside(self, text: str, checks: Checks) -> str:
        """A name that stands beside a number or an address: “Anna Rossi, +39 …”; empty where that is not plain."""
        words = [word for word in text.split() if "@" not in word and not any(sign.isdigit() for sign in word)]
        name = checks.name(self._bare(" ".join(words))) or ""
        return name if len(name.split()) <= MOST_WORDS and name.istitle() else ""

    def _reach(self, text: str, checks: Checks) -> Given:
        return Given(phone=checks.phone(text) or "", email=checks.email(text) or "")

    def _wrong(self, text: str) -> str:
        """Why a text is neither a number nor an address."""
        if "@" in text:
            return "email_again"
        return "phone_again" if sum(letter.isdigit() for letter in text) > 2 else "reach_again"

    def _not_read(self, sharing: Sharing, reason: str) -> Taken:
        sharing = replace(sharing, tries=sharing.tries + 1)
        more = [self._texts.text("contact", "skip_offered")] if sharing.tries >= TRIES else []
        return self._asking(sharing, self._texts.text("contact", reason), *more)

    def _done(self, given: Given, sharing: Sharing) -> Taken:
        """What was noted is said back, so that it can be put right."""
        lines = []
        if given.name:
            lines.append(self._texts.text("contact", "noted_name", name=given.name))
        if given.phone:
            lines.append(self._texts.text("contact", "noted_phone", phone=given.phone))
        if given.email:
            lines.append(self._texts.text("contact", "noted_email", email=given.email))
        told = self._texts.text("contact", "done", reference=sharing.references[-1])
        reply = Reply("service", "\n".join([*lines, told]), self._language)
        return Taken(reply, replace(sharing, step="", tries=0), given)

    def _asking(self, sharing: Sharing, *said: str, reply: Reply | None = None) -> Taken:
        """The open step, after what there is to say before it."""
        step = self._texts.text("contact", sharing.step)
        buttons = self._buttons(sharing)
        if reply:
            return Taken(replace(reply, text=f"{reply.text}\n\n{step}", buttons=buttons), sharing)
        return Taken(Reply("service", "\n\n".join([*said, step]), self._language, buttons=buttons), sharing)

    def _buttons(self, sharing: Sharing) -> tuple[Button, ...]:
        stop = [("stop", f"/{NO_CONTACT}")] if sharing.step == NAME else []
        return self._texts.buttons(("skip", SKIP), *stop)

    def _service(self, name: str) -> Reply:
        return Reply("service", self._texts.text("contact", name), self._language)
