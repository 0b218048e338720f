"""What a person sends, read strictly: words, or a button that is on the list. Nothing else reaches the assistant."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from actions.trial import Trial
from web.refusals import Refusal, unreadable
from web.settings import LONGEST_BODY

#: Kinds of topics that buttons stand for. An emergency is said in words, and advice is not offered.
PRESSED = ("answer", "not_in_sources", "service", "smalltalk", "follow_up")
#: What a button may carry along.
CRITERION = "criterion"

_ID = re.compile(r"[\w-]{16,64}", re.ASCII)
_TOKEN = "token"
_BUTTON = re.compile(r"/(?P<topic>[a-z_]{1,40})(?P<with>\{.{1,200}\})?")
#: Rasa takes what begins with a slash for a command, also after spaces.
_COMMAND = re.compile(r"^[\s/]+")
#: Control characters but for tabs and line ends, and halves of characters, which no store takes.
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class Said:
    """A message of a person.

    Attributes:
        id: made by the browser; the same id is the same message.
        text: what the assistant gets: words that begin with no slash, or a button of the list.
    """

    id: str
    text: str


class Inbox:
    """Reads messages; knows the buttons of this trial."""

    def __init__(self, trial: Trial) -> None:
        self._topics = {name for name, topic in trial.topics.items() if topic.kind in PRESSED}
        self._criteria = frozenset(trial.criteria)

    def from_json(self, content_type: str, body: bytes) -> Said:
        """The message in a JSON body.

        Raises:
            Refusal: if it is none.
        """
        sent = read_json(content_type, body)
        if "payload" in sent:
            _check_fields(sent, {"id", "payload"}, {"title"})
            return self._said(sent["id"], self.pressed(sent["payload"]))
        _check_fields(sent, {"id", "text"}, set())
        return self._said(sent["id"], written(sent["text"]))

    def from_form(self, fields: Mapping[str, str]) -> Said:
        """The message in the fields of a form.

        Raises:
            Refusal: if it is none.
        """
        if "button" in fields:
            _check_fields(fields, {"message_id", "button"}, {_TOKEN, "text"})
            return self._said(fields["message_id"], self.pressed(fields["button"]))
        _check_fields(fields, {"message_id", "text"}, {_TOKEN})
        return self._said(fields["message_id"], written(fields["text"]))

    def pressed(self, payload: str) -> str:
        """What a button says: its payload if it is on the list, or else the words in it."""
        found = _BUTTON.fullmatch(payload)
        if not found or found["topic"] not in self._topics:
            return written(payload)
        if not found["with"]:
            return payload
        criterion = self._criterion(found["with"])
        if criterion is None:
            return written(payload)
        return f"/{found['topic']}{json.dumps({CRITERION: criterion})}"

    def _criterion(self, entities: str) -> str | None:
        try:
            given = json.loads(entities)
        except (ValueError, RecursionError):
            return None
        if not isinstance(given, dict) or set(given) != {CRITERION}:
            return None
        criterion = given[CRITERION]
        return criterion if isinstance(criterion, str) and criterion in self._criteria else None

    @staticmethod
    def _said(id: str, text: str) -> Said:
        if not _ID.fullmatch(id) or not text:
            raise unreadable()
        return Said(id, text)


def written(text: str) -> str:
    """Words as the assistant gets them: never a command."""
    return _COMMAND.sub("", _NO_TEXT.sub(" ", text)).strip()


def read_json(content_type: str, body: bytes) -> dict[str, Any]:
    """The object in a JSON body.

    Raises:
        Refusal: if it is too large, of another type, no JSON, or no object.
    """
    _check_size(body)
    if _plain_type(content_type) != "application/json":
        raise unreadable(415)
    try:
        sent = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise unreadable(400) from None
    if not isinstance(sent, dict):
        raise unreadable()
    return sent


def read_form(content_type: str, body: bytes) -> dict[str, str]:
    """The fields of a form.

    Raises:
        Refusal: if it is too large, of another type, or names a field twice.
    """
    _check_size(body)
    if _plain_type(content_type) != "application/x-www-form-urlencoded":
        raise unreadable(415)
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=8)
    except ValueError:
        raise unreadable(400) from None
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise unreadable()
    return fields


def is_json(content_type: str) -> bool:
    """Whether a body says that it is JSON."""
    return _plain_type(content_type) == "application/json"


def check_empty(sent: Mapping[str, Any]) -> None:
    """Sees that a wish that needs no words brings none.

    Raises:
        Refusal: if there is a field too many.
    """
    _check_fields(sent, set(), {_TOKEN})


def _check_size(body: bytes) -> None:
    # Where `make run` has started Sanic, it stops longer ones itself.
    if len(body) > LONGEST_BODY:
        raise Refusal("too_large", 413)


def _check_fields(sent: Mapping[str, Any], needed: set[str], may: set[str]) -> None:
    fields = set(sent)
    if needed - fields or fields - needed - may or not all(isinstance(value, str) for value in sent.values()):
        raise unreadable()


def _plain_type(content_type: str) -> str:
    return content_type.split(";")[0].strip().lower()
