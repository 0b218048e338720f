"""Codes that people read off and type in: random, without letters that look alike, kept as a hash only."""

from __future__ import annotations

import hashlib
import secrets

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def new_code(groups: int, letters: int = 4) -> str:
    """A code such as K7QF-M2XA-9TRB-H4WD."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(letters)) for _ in range(groups))


def bare(typed: str) -> str:
    """A code however it was typed: small letters, blanks, without hyphens."""
    return "".join(letter for letter in typed.upper() if letter.isalnum())


def hash_of(code: str) -> str:
    """What is kept of a code. One round is enough: nobody tries all codes of this length."""
    return hashlib.sha256(bare(code).encode()).hexdigest()
