"""References: the few letters by which a person and the clinic name a record."""

from __future__ import annotations

import re
import secrets

PREFIX = "RS"
#: No letter that can be taken for another, by eye or ear, and no vowels: no word comes about.
LETTERS = "2346789CDFHJKMNPQRTVWXY"
GROUPS = (4, 2)
#: Of these pairs only the second is a letter here: who writes the first has misread it.
_MISREAD = str.maketrans({"B": "8", "G": "6", "Z": "2", "U": "V"})
_LETTER = rf"[{LETTERS}BGZU]"
_GAP = r"[\s\-‐‑‒–—_./]{0,3}"
_REFERENCE = re.compile(
    rf"(?<!\w)R{_GAP}S{_GAP}({_LETTER}(?:{_GAP}{_LETTER}){{{sum(GROUPS) - 1}}})(?!\w)", re.IGNORECASE
)


def new_reference() -> str:
    """A reference that nobody can guess, such as RS-7KQ4-M2."""
    return _written("".join(secrets.choice(LETTERS) for _ in range(sum(GROUPS))))


def reference_in(text: str) -> str | None:
    """The first reference in a text, as it is written properly; None if there is none."""
    found = _REFERENCE.search(text)
    if not found:
        return None
    return _written("".join(sign for sign in found[1].upper().translate(_MISREAD) if sign in LETTERS))


def _written(letters: str) -> str:
    groups = [letters[: GROUPS[0]], letters[GROUPS[0] :]]
    return "-".join([PREFIX, *groups])
