"""What a “what if” supposes: “what if I were 70?” is the answer “I were 70” to the question about the age."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from actions.trial import read_yaml


class Suppositions:
    """Reads the suppositions of one language."""

    def __init__(self, openings: Sequence[str], phrases: Mapping[str, Sequence[str]]) -> None:
        """``phrases`` are those that stand for the name of an answer."""
        self._openings = sorted(openings, key=len, reverse=True)
        self._phrases = phrases

    @classmethod
    def load(cls, lexicon: Path, language: str) -> Suppositions:
        """Reads lexicon/<language>/suppositions.yml."""
        words = read_yaml(lexicon / language / "suppositions.yml")
        return cls(words["openings"], words["phrases"])

    def supposed(self, text: str) -> str:
        """The text without its opening and its question mark."""
        text = " ".join(text.replace("?", " ").replace("’", "'").split())
        for opening in self._openings:
            if f"{text.lower()} ".startswith(f"{opening} "):
                return text[len(opening) :].strip(" ,")
        return text

    def keys(self, text: str, names: Mapping[str, Sequence[str]]) -> list[str]:
        """The answers that may be meant: those named, then those with a phrase of their own."""
        meant = [key for key, forms in self._phrases.items() if any(stands_in(form, text) for form in forms)]
        return list(dict.fromkeys([*keys_named(text, names), *meant]))


def keys_named(text: str, names: Mapping[str, Sequence[str]]) -> list[str]:
    """The answers that a text names anywhere, the longest name first (“brain scan” before “scan”)."""
    found = {
        key: max((len(name) for name in forms if stands_in(name, text)), default=0) for key, forms in names.items()
    }
    return sorted((key for key, length in found.items() if length), key=lambda key: -found[key])


def stands_in(name: str, text: str) -> bool:
    """Whether a name stands in a text, as whole words."""
    return re.search(rf"(?<!\w){re.escape(name.lower())}(?!\w)", text.lower()) is not None
