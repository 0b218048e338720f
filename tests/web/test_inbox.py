"""What is sent is read strictly; the assistant gets words or a button of the list, and never a command."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.trial import trial
from web.inbox import Inbox, read_form, read_json, written
from web.refusals import Refusal

ID = "0b8e0f6e-0000-4000-8000-000000000000"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def inbox() -> Inbox:
    return Inbox(trial())


def sent(inbox: Inbox, message: Any) -> str:
    """What the assistant gets of a message."""
    return inbox.from_json(JSON, json.dumps(message).encode()).text


def test_words_and_buttons_are_taken(inbox: Inbox) -> None:
    """Words are taken as they are; a button as its payload, whatever its title says."""
    assert sent(inbox, {"id": ID, "text": "what was the dose?"}) == "what was the dose?"
    assert sent(inbox, {"id": ID, "payload": "/dose", "title": "What was the dose?"}) == "/dose"
    assert sent(inbox, {"id": ID, "payload": "Woman"}) == "Woman"


def test_every_button_that_is_offered_is_on_the_list(inbox: Inbox) -> None:
    """Every topic that another offers can be pressed, and what a pre-screening offers."""
    offered = {name for topic in trial().topics.values() for name in topic.next}
    for name in (*offered, "prescreen", "resume", "see_rules", "change_answer", "summary", "show_answers", "go_back"):
        assert inbox.pressed(f"/{name}") == f"/{name}"


def test_a_button_may_name_an_entry_rule(inbox: Inbox) -> None:
    """Of what a button may carry along, a rule that there is is taken; all else makes it plain words."""
    rule = next(iter(trial().criteria))
    assert inbox.pressed(f'/criterion{{"criterion":"{rule}"}}') == f'/criterion{{"criterion": "{rule}"}}'
    for forged in (
        '{"criterion":"E99"}',
        '{"criterion":["E01"]}',
        f'{{"criterion":"{rule}","prescreen_stopped":true}}',
        '{"prescreening":{"state":null}}',
        '{"language":"xx"}',
        "{}",
        "{",
        '{"criterion":' + "[" * 150 + "}",
    ):
        assert inbox.pressed(f"/criterion{forged}").startswith("criterion{")


@pytest.mark.parametrize(
    "command",
    [
        "/restart",
        "/session_start",
        "/back",
        "/emergency",
        "/nlu_fallback",
        "/greet@0.01",
        '/greet{"slot":"x"}',
        "/dose /restart",
        " /dose",
        "//dose",
        "/DOSE",
        "/dose\n",
    ],
)
def test_what_is_no_button_is_words(inbox: Inbox, command: str) -> None:
    """A command of Rasa's, a forged slot or confidence lose their slash, pressed or typed."""
    assert not inbox.pressed(command).startswith("/")
    assert not sent(inbox, {"id": ID, "text": command}).startswith("/")


@pytest.mark.parametrize("text", ["/dose", "/ /restart", "\u3000/restart", "\x1c/restart", "\x00/restart", "/\x00/x"])
def test_typed_words_are_never_a_button(text: str) -> None:
    """What is typed loses every slash at its front, however it is hidden."""
    assert not written(text).strip().startswith("/")


@given(st.text())
def test_no_text_whatever_becomes_a_command(text: str) -> None:
    """Whatever is typed, Rasa finds no slash at the front, and every store can keep it."""
    taken = written(text)
    assert taken == taken.strip()
    assert not taken.startswith("/")
    taken.encode()
    assert "\x00" not in taken


@pytest.mark.parametrize(
    "message",
    [
        [],
        "hello",
        None,
        1,
        {},
        {"id": ID},
        {"text": "hello"},
        {"id": ID, "text": "hello", "sender": "somebody else"},
        {"id": ID, "text": "hello", "metadata": {}},
        {"id": ID, "text": "hello", "title": "x"},
        {"id": ID, "text": "hello", "payload": "/dose"},
        {"id": ID, "text": 1},
        {"id": ID, "text": None},
        {"id": ID, "text": ["hello"]},
        {"id": ID, "text": ""},
        {"id": ID, "text": " \t/ "},
        {"id": ID, "payload": {"intent": "dose"}},
        {"id": ID, "payload": "/dose", "title": 1},
        {"id": 7, "text": "hello"},
        {"id": "short", "text": "hello"},
        {"id": "x" * 65, "text": "hello"},
        {"id": "<script>alert(1)</script>", "text": "hello"},
    ],
)
def test_a_message_of_another_shape_is_refused(inbox: Inbox, message: Any) -> None:
    """A field too many or too few, or of another type, is refused in words."""
    with pytest.raises(Refusal, match="unreadable") as raised:
        sent(inbox, message)
    assert raised.value.status == 422


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 16_000, b'{"id": "\xed\xa0\x80"}'])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    """A body that is no JSON is refused, also one that would exhaust a reader."""
    with pytest.raises(Refusal) as raised:
        read_json(JSON, body)
    assert raised.value.status == 400


def test_half_a_character_does_no_harm(inbox: Inbox) -> None:
    """Half of a character, which JSON can write and no store can keep, is left out."""
    assert inbox.from_json(JSON, b'{"id": "' + ID.encode() + b'", "text": "a\\ud800b"}').text == "a b"


@pytest.mark.parametrize("type", ["", "text/plain", FORM, "multipart/form-data; boundary=x", "application/jsonx"])
def test_another_type_is_refused(type: str) -> None:
    """JSON says that it is JSON: what another site's form can send is not taken."""
    with pytest.raises(Refusal) as raised:
        read_json(type, b"{}")
    assert raised.value.status == 415
    assert read_json("Application/JSON; charset=utf-8", b"{}") == {}


def test_a_body_that_is_too_long_is_refused(inbox: Inbox) -> None:
    """More than 16 kB is refused; less, however long for a message, is the assistant's to answer."""
    with pytest.raises(Refusal, match="too_large"):
        sent(inbox, {"id": ID, "text": "a" * 16_384})
    assert len(sent(inbox, {"id": ID, "text": "a" * 16_000})) == 16_000


def test_a_form_is_read_as_strictly(inbox: Inbox) -> None:
    """The form of the page says the same as JSON does, with its own names of the fields."""
    assert inbox.from_form(read_form(FORM, f"message_id={ID}&text=%2Fdose+please".encode())).text == "dose please"
    assert inbox.from_form(read_form(FORM, f"message_id={ID}&button=%2Fdose&text=".encode())).text == "/dose"
    for fields in (f"message_id={ID}", "text=hello", f"message_id={ID}&text=a&sender=b", f"message_id={ID}&text="):
        with pytest.raises(Refusal, match="unreadable"):
            inbox.from_form(read_form(FORM, fields.encode()))
    for body in (b"text=a&text=b", b"\xff", b"&".join(b"a%d=1" % number for number in range(20))):
        with pytest.raises(Refusal, match="unreadable"):
            read_form(FORM, body)
