"""Reading JSON without loss: exact numbers of any length, keys given twice, nesting of any depth."""

from __future__ import annotations

import json
import re
from decimal import Decimal, DecimalException
from json.decoder import scanstring  # type: ignore[attr-defined]  # real, but not in the type stubs
from typing import Any

from .exact import number


class NotJSON(ValueError):
    """The text is no JSON at all."""


class RepeatedKeys(dict[str, Any]):
    """A JSON object in which some key was given more than once; as a dictionary it holds the last of each."""

    def __init__(self, pairs: list[tuple[str, Any]]):
        super().__init__(pairs)
        self.given: dict[str, list[Any]] = {}
        for key, value in pairs:
            self.given.setdefault(key, []).append(value)


class NoNumber:
    """NaN or Infinity, which Python would read but JSON does not have."""

    def __init__(self, text: str):
        self.text = text


def parse(data: bytes) -> Any:
    """The value that a JSON text in UTF-8 stands for, or NotJSON with the reason."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotJSON(f"not UTF-8 (byte {error.start + 1})") from None
    try:
        try:
            return _decode(text)
        except json.JSONDecodeError:
            raise
        except (RecursionError, ValueError, DecimalException):
            return _parse_without_limits(text)
    except json.JSONDecodeError as error:
        if text.startswith("\ufeff"):
            raise NotJSON("begins with a byte order mark") from None
        raise NotJSON(f"{error.msg} (line {error.lineno}, column {error.colno})") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    return members if len(members) == len(pairs) else RepeatedKeys(pairs)


_decode = json.JSONDecoder(object_pairs_hook=_object, parse_float=Decimal, parse_constant=NoNumber).decode

# Python's own parser gives up on deep nesting, on whole numbers of more than some thousand digits, and on
# exponents that Decimal cannot hold. What follows does not: it keeps its own list of what is still open.

_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"(-?(?:0|[1-9][0-9]*))(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WORD = re.compile(r"true|false|null|NaN|-?Infinity")
_WORDS = {"true": True, "false": False, "null": None}
_MOST_DIGITS_OF_INT = 1000


class _Open:
    """An array or object whose end is still to come."""

    def __init__(self, opening: str):
        self.closing = "]" if opening == "[" else "}"
        self.members: list[Any] = []
        self.key: str | None = None

    def add(self, value: Any) -> None:
        self.members.append(value if self.key is None else (self.key, value))

    def value(self) -> Any:
        return self.members if self.closing == "]" else _object(self.members)


def _parse_without_limits(text: str) -> Any:
    containers: list[_Open] = []
    at = 0
    while True:
        at = _skip(text, at)
        value: Any
        if text[at : at + 1] in ("[", "{"):
            container = _Open(text[at])
            at = _skip(text, at + 1)
            if text[at : at + 1] != container.closing:
                containers.append(container)
                at = _key(text, at, container)
                continue
            value, at = container.value(), at + 1
        else:
            value, at = _scalar(text, at)
        # A value has ended; with it may end what it stands in.
        while True:
            at = _skip(text, at)
            if not containers:
                if at != len(text):
                    raise json.JSONDecodeError("Extra data", text, at)
                return value
            containers[-1].add(value)
            sign = text[at : at + 1]
            if sign == ",":
                at = _key(text, _skip(text, at + 1), containers[-1])
                break
            if sign != containers[-1].closing:
                raise json.JSONDecodeError("Expecting ',' delimiter", text, at)
            value, at = containers.pop().value(), at + 1


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    assert match is not None  # it matches nothing at all as well
    return match.end()


def _key(text: str, at: int, container: _Open) -> int:
    """Read the key of the next member, if it is an object's; where the member's value may begin."""
    if container.closing == "]":
        return at
    if text[at : at + 1] != '"':
        raise json.JSONDecodeError("Expecting property name enclosed in double quotes", text, at)
    container.key, at = scanstring(text, at + 1, True)
    at = _skip(text, at)
    if text[at : at + 1] != ":":
        raise json.JSONDecodeError("Expecting ':' delimiter", text, at)
    return at + 1


def _scalar(text: str, at: int) -> tuple[Any, int]:
    if text[at : at + 1] == '"':
        string, at = scanstring(text, at + 1, True)
        return string, at
    found = _NUMBER.match(text, at)
    if found:
        whole, fraction, exponent = found.groups()
        if fraction is None and exponent is None and len(whole) < _MOST_DIGITS_OF_INT:
            return int(whole), found.end()
        return number(found[0]), found.end()
    word = _WORD.match(text, at)
    if not word:
        raise json.JSONDecodeError("Expecting value", text, at)
    return _WORDS.get(word[0], NoNumber(word[0])), word.end()
