"""A conversation as the page shows it, out of the events that Rasa keeps."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from rasa.shared.core.events import BotUttered, Event, UserUttered

Message = dict[str, Any]
PERSON, GUIDE = "person", "guide"
GREETING = "greeting"
#: Where pictures are served, and how the address of a drawing ends.
PICTURES, SVG = "pictures", ".svg"

#: What Rasa itself says in a person's name.
_INTERNAL = ("/session_start", "/restart")
#: Addresses in a text: written out, or as the numbers under which registries and publishers keep things.
_LINKS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"https://[^\s<>\"”]*[^\s<>\"”.,;:!?)]"), "{}"),
    (re.compile(r"\b10\.\d{4,9}/[^\s<>\"”]*[^\s<>\"”.,;:!?)]"), "https://doi.org/{}"),
    (re.compile(r"\bNCT\d{8}\b"), "https://clinicaltrials.gov/study/{}"),
)


def transcript(events: Iterable[Event], title: Callable[[str], str]) -> list[Message]:
    """The messages of a conversation, one for each turn of the person and of the guide.

    ``title`` gives the words of a button that was not offered before it was pressed.
    """
    messages: list[Message] = []
    for event in events:
        if isinstance(event, UserUttered) and event.text and event.text not in _INTERNAL:
            messages.append(_of_person(event, messages, title))
        elif isinstance(event, BotUttered) and messages:
            _add_reply(event, messages)
    return messages


def replies(messages: Sequence[Message], id: str) -> list[Message] | None:
    """What the guide said to a message; None if there is no such message, or no reply to it."""
    for place, message in enumerate(messages):
        if message["id"] == id and message["from"] == PERSON:
            following = messages[place + 1 : place + 2]
            return [reply for reply in following if reply["from"] == GUIDE] or None
    return None


def greeting(text: str, buttons: Sequence[tuple[str, str]], time: float) -> Message:
    """The guide's first words, which nobody has asked for and no store keeps."""
    offered = [{"title": title, "payload": payload} for title, payload in buttons]
    return {"id": GREETING, "from": GUIDE, "text": text, "buttons": offered, "time": moment(time)}


def moment(time: float) -> str:
    """A time as the page carries it: UTC."""
    return datetime.fromtimestamp(time, timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")


def _of_person(event: UserUttered, messages: Sequence[Message], title: Callable[[str], str]) -> Message:
    text = str(event.text)
    if text.startswith("/"):
        text = _offered(text, messages) or title(text)
    return {"id": str(event.message_id), "from": PERSON, "text": text, "buttons": [], "time": moment(event.timestamp)}


def _offered(payload: str, messages: Sequence[Message]) -> str | None:
    """The words of the button with this payload, as it was last shown."""
    for message in reversed(messages):
        for button in message["buttons"]:
            if button["payload"] == payload:
                return str(button["title"])
    return None


def _add_reply(event: BotUttered, messages: list[Message]) -> None:
    """Puts what the assistant said into the guide's turn: Rasa may say text and `custom` in two."""
    last = messages[-1]
    if last["from"] == PERSON:
        reply: Message = {"id": f"{last['id']}-reply", "from": GUIDE, "text": "", "buttons": []}
        messages.append(reply)
        last = reply
    if event.text:
        last["text"] = f"{last['text']}\n\n{event.text}".strip()
        if found := links(event.text):
            last["links"] = [*last.get("links", []), *found]
    last["buttons"] = [*last["buttons"], *(event.data.get("buttons") or ())]
    if custom := event.data.get("custom"):
        last["custom"] = custom
        if figure := custom.get("figure"):
            last["picture"] = picture(figure)
    last["time"] = moment(event.timestamp)


def picture(figure: Mapping[str, str]) -> dict[str, str]:
    """A picture with addresses relative to the page's own: the drawing, and the page with its numbers."""
    file = figure["address"].rsplit("/", 1)[-1]
    address = f"{PICTURES}/{file}"
    return {"address": address, "alternative": figure["alternative"], "page": address.removesuffix(SVG)}


def links(text: str) -> list[dict[str, str]]:
    """The addresses that a text names."""
    found: dict[str, str] = {}
    for pattern, address in _LINKS:
        for match in pattern.finditer(text):
            found.setdefault(address.format(match[0]), match[0])
    return [{"title": title, "address": address} for address, title in found.items()]
