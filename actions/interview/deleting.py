"""What a message says about deleting something that was shared, by its reference."""

from __future__ import annotations

import re
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from typing import Any

from actions.interview.sharing import SharingTexts
from actions.reading.words import Message, Phrases
from actions.replies import Button, Reply

#: References that are not there: so many may be tried in one conversation, and in all within an hour.
MOST_IN_ONE, MOST_AN_HOUR = 5, 50
HOUR = 3600.0
#: The beginning of a reference, and something with a number in it.
_MEANT_AS_ONE = re.compile(r"(?<!\w)RS[-\s]?(?=[\w-]*\d)[\w-]{2,12}", re.IGNORECASE)
#: Conversations of which it is remembered how many they tried.
REMEMBERED = 10_000


class DeletingReader:
    """Reads, in one language, whether something is to be deleted."""

    def __init__(self, words: Mapping[str, Any]) -> None:
        """``words`` are those under `delete` of lexicon/<language>/sharing.yml."""
        self._wish = Phrases({True: words["wish"]})
        self._doubt = Phrases({True: words["doubt"]})

    def wishes(self, text: str) -> bool:
        """Whether a message that names a reference plainly wants it deleted."""
        words = Message.of(text).words
        return bool(self._wish.found(words)) and not self._doubt.found(words)

    @staticmethod
    def looks_like_one(text: str) -> bool:
        """Whether a message names something that was meant as a reference, and is none."""
        return _MEANT_AS_ONE.search(text) is not None


class Deleting:
    """What is said about deleting, in one language."""

    def __init__(self, reader: DeletingReader, texts: SharingTexts, language: str) -> None:
        self.reader = reader
        self._texts = texts
        self._language = language

    def asking(self, reference: str) -> Reply:
        """Whether to delete what a reference stands for."""
        buttons = (
            Button(self._texts.text("buttons", "delete"), self.wish(reference)),
            Button(self._texts.text("buttons", "do_not_delete"), "/deny"),
        )
        return self._said("ask", buttons, reference=reference)

    def wish(self, reference: str) -> str:
        """What is sent to have it deleted; it is understood like any message."""
        return self._texts.text("delete", "wish", reference=reference)

    def done(self, records: int) -> Reply:
        """The chat was erased, and what was shared from it."""
        return self._said("chat_and_shared" if records else "chat")

    def done_by(self, reference: str) -> Reply:
        """What a reference stood for was erased, and this chat."""
        return self._said("by_reference", reference=reference)

    def unknown(self) -> Reply:
        """There is nothing under that reference."""
        return self._said("unknown", example=self._texts.text("example"))

    def told(self, name: str) -> Reply:
        """Another text on deleting: kept, too_many, failed."""
        return self._said(name)

    def _said(self, name: str, buttons: tuple[Button, ...] = (), **given: str) -> Reply:
        return Reply("service", self._texts.text("delete", name, **given), self._language, buttons=buttons)


class WrongReferences:
    """Counts references that are not there, so that nobody can try them all; in memory only."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._of: OrderedDict[str, int] = OrderedDict()
        self._lately: deque[float] = deque()

    def too_many(self, conversation: str) -> bool:
        """Whether this conversation, or all of them, have tried too often."""
        now = self._clock()
        while self._lately and self._lately[0] <= now - HOUR:
            self._lately.popleft()
        return self._of.get(conversation, 0) >= MOST_IN_ONE or len(self._lately) >= MOST_AN_HOUR

    def add(self, conversation: str) -> None:
        """One more that is not there."""
        self._of[conversation] = self._of.pop(conversation, 0) + 1
        while len(self._of) > REMEMBERED:
            self._of.popitem(last=False)
        self._lately.append(self._clock())
