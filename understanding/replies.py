"""Short replies (yes, no, stop, back, why …), read word for word before any statistics."""

from __future__ import annotations

import re
from pathlib import Path

from understanding.files import read_yaml
from understanding.words import straighten

#: “=” is kept: “n = ?” asks for a number, “n” means no.
_MARKS = re.compile(r"[^\w' =]+")
POLITE = "polite"


class ReplyReader:
    """Knows the short replies of one language, from lexicon/<language>/replies.yml."""

    def __init__(self, words: dict[str, list[str]]) -> None:
        polite = sorted(map(str, words[POLITE]), key=len, reverse=True)
        self._polite = re.compile(r"\b(?:" + "|".join(map(re.escape, polite)) + r")\b")
        self._replies: dict[str, str] = {}
        for intent, phrases in words.items():
            if intent == POLITE:
                continue
            for phrase in phrases:
                known = self._replies.setdefault(_plain(str(phrase)) or str(phrase), intent)
                if known != intent:
                    raise ValueError(f"replies.yml: “{phrase}” stands under {known} and under {intent}.")

    @classmethod
    def load(cls, lexicon: Path, language: str) -> ReplyReader:
        """Reads the replies of a language.

        Raises:
            ValueError: if a phrase stands under two intents.
        """
        return cls(read_yaml(lexicon / language / "replies.yml"))

    def read(self, text: str) -> str | None:
        """The intent of a message that is a short reply and nothing else, or None."""
        words = _plain(text) or text.strip()
        if words in self._replies:
            return self._replies[words]
        return self._replies.get(" ".join(self._polite.sub(" ", words).split()))


def _plain(text: str) -> str:
    return " ".join(_MARKS.sub(" ", straighten(text).lower()).split())
