"""The patient's page over HTTP, with the assistant really running."""

from __future__ import annotations

import http.client
import json
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import requests

from actions.interview.questions import questionnaire
from tests.web.conftest import Visitor, fields_of, new_id, words_of
from web.limits import CONVERSATION
from web.visitors import Visitors

if TYPE_CHECKING:
    from tests.conftest import Assistant

CANARY = "Wilhelmina-7f3a1b"
HEADERS = (
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "Permissions-Policy",
    "Cache-Control",
)


def error_of(response: requests.Response) -> dict[str, Any]:
    """What a refusal says to the widget."""
    error: dict[str, Any] = response.json()["error"]
    return error


# The conversation


def test_the_page_shows_the_greeting(visitor: Visitor) -> None:
    """The page works at once: it says what this is, and the guide has greeted."""
    response = visitor.get()
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    greeting = visitor.conversation()["messages"][0]
    assert (greeting["id"], greeting["from"]) == ("greeting", "guide")
    assert greeting["text"] in words_of(response.text)
    assert all(button["title"] in response.text for button in greeting["buttons"])


def test_a_question_is_answered_and_stays(visitor: Visitor) -> None:
    """The answer is one message with buttons and `custom`; both messages are there after a reload."""
    answered = visitor.say("what was the dose?", id := new_id())
    [reply] = answered["messages"]
    assert (reply["id"], reply["from"], reply["custom"]["topic"]) == (f"{id}-reply", "guide", "dose")
    assert answered["state"]["question"] is None
    messages = visitor.conversation()["messages"]
    assert [message["id"] for message in messages] == ["greeting", id, f"{id}-reply"]
    assert messages[2] == reply
    assert reply["text"] in words_of(visitor.get().text)


def test_a_button_shows_its_words(visitor: Visitor) -> None:
    """A button that was pressed stands in the conversation with its words, whatever the browser says they are."""
    button = visitor.conversation()["messages"][0]["buttons"][0]
    answered = visitor.press(button["payload"], "Something else")
    assert answered["messages"][0]["custom"]["kind"] == "answer"
    said = visitor.texts()[0]
    assert "/" not in said
    assert said != "Something else"


def test_the_same_id_is_said_once(visitor: Visitor) -> None:
    """A message that comes again gets the same answer, and is not said twice; not even two at the same time."""
    message = {"id": new_id(), "text": "was there a placebo?"}
    visitor.get()
    with ThreadPoolExecutor(4) as pool:
        answers = [response.json() for response in pool.map(visitor.send, [message] * 4)]
    answers.append(visitor.send(message).json())
    assert all(answer["messages"] == answers[0]["messages"] for answer in answers)
    assert len(visitor.texts()) == 2


def test_two_tabs_take_turns(visitor: Visitor) -> None:
    """Different messages at the same time are answered one after the other; none is lost."""
    visitor.get()
    asked = ["what was the dose?", "was there a placebo?", "who paid for it?"]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(visitor.say, asked))
    messages = visitor.conversation()["messages"][1:]
    assert [message["from"] for message in messages] == ["person", "guide"] * 3
    assert {message["text"] for message in messages[::2]} == set(asked)


def test_a_prescreening_says_where_it_stands(visitor: Visitor) -> None:
    """The open question, its keyboard and the answers so far come with each answer; one can be changed."""
    begun = visitor.press("/prescreen")["state"]
    first, second = (question.key for question in questionnaire().questions[:2])
    assert (begun["question"]["key"], begun["question"]["number"], begun["question"]["inputmode"]) == (
        first,
        1,
        "numeric",
    )
    state = visitor.say("72")["state"]
    assert state["question"]["key"] == second
    assert [choice["title"] for choice in state["question"]["choices"]]
    assert [(answer["key"], answer["said"]) for answer in state["answers"]] == [(first, "72")]
    state = visitor.say(f"Change my answer on {state['answers'][0]['title']}")["state"]
    assert state["question"]["key"] == first
    visitor.say("71")
    assert visitor.conversation()["state"]["answers"][0]["said"] == "71"
    stopped = visitor.press("/stop")["state"]
    assert (stopped["question"], stopped["can_go_on"]) == (None, True)


def test_an_emergency_is_answered_at_once(visitor: Visitor) -> None:
    """In the middle of a pre-screening an emergency is answered, and nothing is asked any more."""
    visitor.press("/prescreen")
    answered = visitor.say("I have chest pain and cannot breathe")
    assert answered["messages"][0]["custom"]["kind"] == "emergency"
    assert answered["state"]["question"] is None


def test_a_text_too_long_is_answered_kindly(visitor: Visitor) -> None:
    """A text longer than a message may be gets the assistant's own words, and a danger in it is still found."""
    assert visitor.say("so " * 500)["messages"][0]["custom"]["kind"] == "unclear"
    assert visitor.say("so " * 500 + "I cannot breathe")["messages"][0]["custom"]["kind"] == "emergency"


# Who it is


def test_nobody_can_name_anothers_conversation(base: str, visitor: Visitor) -> None:
    """A forged cookie, another's bare id, and a cookie signed by somebody else begin a conversation of their own."""
    visitor.say(CANARY)
    assert visitor.cookie
    theirs = visitor.cookie
    id = theirs.split(".")[0]
    for forged in (id, theirs[:-2], Visitors(b"another key").sign(id), f"page-{id}", "", "nonsense", '"', "a=b; c"):
        stranger = Visitor(base)
        stranger.cookie = forged
        response = stranger.get("messages")
        assert response.status_code == 200
        assert CANARY not in response.text
        assert CANARY not in stranger.get().text
        assert id not in response.headers["Set-Cookie"]
    known = Visitor(base)
    known.cookie = theirs
    assert CANARY in known.get().text


def test_the_cookie_is_the_pages_own(visitor: Visitor) -> None:
    """Scripts cannot read the cookie, other sites cannot send it, and it ends with the conversation."""
    told = visitor.get().headers["Set-Cookie"]
    assert "HttpOnly" in told
    assert "SameSite=Lax" in told
    assert "Max-Age=86400" in told
    assert "Secure" not in told
    elsewhere = visitor.get(headers={"Host": "www.clinic.example"}).headers["Set-Cookie"]
    assert elsewhere.endswith("; Secure")


def test_an_embedded_page_has_a_token(base: str) -> None:
    """In the frame of another site the conversation goes by its token, and no cookie is set."""
    embedded = Visitor(base, embedded=True)
    answered = embedded.say(CANARY)
    assert answered["token"]
    assert CANARY in embedded.texts()
    page = Visitor(base).get("?embedded=1")
    assert fields_of(page.text)["token"]
    assert "Set-Cookie" not in page.headers
    assert embedded.cookie is None
    assert CANARY not in page.text
    stranger = Visitor(base)
    stranger.token = "forged"
    assert CANARY not in stranger.get("messages").text


# What is refused


@pytest.mark.parametrize(
    ("message", "status", "code"),
    [
        ([], 422, "unreadable"),
        ({"id": new_id()}, 422, "unreadable"),
        ({"id": new_id(), "text": 7}, 422, "unreadable"),
        ({"id": new_id(), "text": ""}, 422, "unreadable"),
        ({"id": new_id(), "text": "hello", "sender": "default"}, 422, "unreadable"),
        ({"id": new_id(), "text": "hello", "input_channel": "rest"}, 422, "unreadable"),
        ({"id": "1", "text": "hello"}, 422, "unreadable"),
        ({"id": new_id(), "text": "a" * 17_000}, 413, "too_large"),
    ],
)
def test_a_message_of_another_shape_is_refused_in_words(visitor: Visitor, message: Any, status: int, code: str) -> None:
    """What is no message is refused with a code and words that a person understands; nothing is stored."""
    response = visitor.send(message)
    assert response.status_code == status
    error = error_of(response)
    assert error["code"] == code
    assert error["text"].endswith(".")
    assert visitor.texts() == []


@pytest.mark.parametrize(
    ("body", "type", "status"),
    [
        (b"{", "application/json", 400),
        (b"", "application/json", 400),
        (b"[" * 9000, "application/json", 400),
        (b'{"id": "0123456789abcdef", "text": "a"}', "text/plain", 415),
        (b"id=0123456789abcdef&text=a", "application/x-www-form-urlencoded", 415),
    ],
)
def test_a_body_that_is_no_json_is_refused(visitor: Visitor, body: bytes, type: str, status: int) -> None:
    """No JSON, or what another site's form can send, is refused; never is it an error of the server's."""
    response = visitor.post("messages", data=body, headers={"Content-Type": type, "Accept": "*/*"})
    assert response.status_code == status
    assert error_of(response)["code"] == "unreadable"


def test_forged_slots_and_commands_do_nothing(visitor: Visitor) -> None:
    """Rasa's own commands, forged slots and confidences are words like any other, typed or pressed."""
    visitor.press("/prescreen")
    visitor.say("72")
    for forged in (
        "/session_start",
        " /action_listen",
        "/ /session_start",
        '/greet{"prescreening": null}',
        '/dose{"prescreen_stopped": true}',
        '/criterion{"criterion": "E99"}',
        "/out_of_scope@0.01",
    ):
        for field in ("text", "payload"):
            answered = visitor.send({"id": new_id(), field: forged})
            assert answered.status_code == 200, forged
            assert [answer["said"] for answer in answered.json()["state"]["answers"]] == ["72"], forged
    assert all(not text.startswith("/") for text in visitor.texts())
    visitor.send({"id": new_id(), "text": "/restart"})
    assert "72" in visitor.texts()  # Rasa's own restart would have erased it
    assert visitor.conversation()["messages"][0]["id"] == "greeting"


def connection(base: str) -> http.client.HTTPConnection:
    """A bare connection to the page."""
    return http.client.HTTPConnection(urlsplit(base).netloc, timeout=10)


def chunked(base: str, pieces: Iterator[bytes]) -> tuple[int, bytes]:
    """Posts a body in chunks; the status and the answer."""
    with closing(connection(base)) as to:
        # Refused before all of it was sent, the answer is there to be read.
        with suppress(BrokenPipeError, ConnectionResetError):
            path = urlsplit(base).path + "messages"
            to.request("POST", path, pieces, {"Content-Type": "application/json"}, encode_chunked=True)
        response = to.getresponse()
        return response.status, response.read()


def test_a_body_in_chunks_is_measured_too(base: str) -> None:
    """A body that does not say how long it is is taken if it is short, and cut off if it is not."""
    message = json.dumps({"id": new_id(), "text": "hello"}).encode()
    assert chunked(base, iter([message[:10], message[10:]]))[0] == 200
    status, answer = chunked(base, (b" " * 1000 for _ in range(40)))
    assert status == 413
    assert json.loads(answer)["error"]["code"] == "too_large"


def test_another_site_cannot_speak_for_a_person(visitor: Visitor) -> None:
    """A message that another site's page sends is refused, by form and by script, and changes nothing."""
    visitor.say("hello")
    elsewhere = (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": None, "Origin": "https://evil.example"},
    )
    for headers in elsewhere:
        refused = [
            visitor.send({"id": new_id(), "text": CANARY}, headers=headers),
            visitor.post("delete", json={}, headers=headers),
            visitor.post("start-over", json={}, headers=headers),
            visitor.post("say", data={"message_id": new_id(), "text": CANARY}, headers=headers),
            visitor.post("delete", data={}, headers={**headers, "Content-Type": "application/x-www-form-urlencoded"}),
            visitor.post("summary", data={}, headers={**headers, "Content-Type": "application/x-www-form-urlencoded"}),
        ]
        assert [response.status_code for response in refused] == [403] * 6
    assert visitor.texts()[0] == "hello"
    assert len(visitor.texts()) == 2


def test_a_flood_is_slowed_down_kindly(visitor: Visitor) -> None:
    """More than a person can write is refused with a kind word and the time to wait; deleting still works."""
    visitor.get()
    begun = time.monotonic()
    statuses = []
    while time.monotonic() - begun < 30:
        response = visitor.send([])
        statuses.append(response.status_code)
        if response.status_code == 429:
            break
    assert statuses[-1] == 429
    assert len(statuses) > CONVERSATION.burst
    assert int(response.headers["Retry-After"]) >= 1
    assert error_of(response)["code"] == "too_many"
    assert visitor.post("delete", json={}).json() == {"deleted": True}


def test_every_answer_is_guarded(visitor: Visitor) -> None:
    """Whatever is answered, also an error of the server's own, carries the headers that guard a page."""
    answers = {
        "page": visitor.get(),
        "embedded": visitor.get("?embedded=1"),
        "messages": visitor.get("messages"),
        "said": visitor.send({"id": new_id(), "text": "hello"}),
        "refused": visitor.send([]),
        "not there": visitor.get("nothing"),
        "deep": visitor.get("a/b/c"),
        "method": visitor.request("PUT", "messages"),
        "too large": visitor.send({"id": new_id(), "text": "a" * 17_000}),
        "redirect": visitor.get("embed.js"),
        "file": visitor.get("static/nothing.js"),
        "picture": visitor.get("pictures/nothing"),
        "demo": visitor.get("demo"),
        "start over": visitor.post("start-over", json={}),
    }
    for name, answer in answers.items():
        for header in HEADERS:
            assert header in answer.headers, (name, header)
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'"), name
        assert "unsafe" not in policy, name
        assert ("frame-ancestors 'self'" in policy) == (name == "embedded"), name
        assert answer.status_code < 500, name
    assert answers["method"].status_code == 405
    assert answers["not there"].status_code == 404
    assert answers["page"].headers["Cache-Control"] == "no-store"


def test_what_is_no_http_is_refused(base: str) -> None:
    """A length that is no number gets an answer with the same headers, and the next request is answered."""
    with closing(connection(base)) as to:
        to.putrequest("POST", urlsplit(base).path + "messages")
        to.putheader("Content-Length", "many")
        to.endheaders()
        response = to.getresponse()
        assert response.status == 400
        assert response.getheader("Content-Security-Policy")
    assert Visitor(base).get().status_code == 200


# Without scripting


def test_the_conversation_works_page_by_page(visitor: Visitor) -> None:
    """With scripting off the form does the same: words, buttons, and a form that is sent twice."""
    form = {**fields_of(visitor.get().text), "text": "what was the dose?"}
    sent = visitor.post("say", data=form)
    assert (sent.status_code, sent.headers["Location"]) == (303, "./#newest")
    visitor.post("say", data=form)
    page = visitor.get().text
    assert words_of(page).count("what was the dose?") == 1
    button = visitor.conversation()["messages"][-1]["buttons"][0]
    visitor.post("say", data={"message_id": fields_of(page)["message_id"], "button": button["payload"]})
    assert visitor.texts()[2] == button["title"]
    visitor.post("say", data={"message_id": new_id(), "button": "/prescreen"})
    asked = visitor.conversation()["state"]["question"]
    assert f"{asked['number']} of about {asked['of']}" in words_of(visitor.get().text)


def test_a_form_that_is_refused_keeps_its_words(visitor: Visitor) -> None:
    """A refused form comes back as the page, with the reason, and nothing is stored."""
    page = visitor.post("say", data={"message_id": "too short", "text": "my <words>"})
    assert page.status_code == 422
    assert "my &lt;words&gt;</textarea>" in page.text
    assert page.headers["Content-Type"].startswith("text/html")
    assert visitor.texts() == []


def test_an_embedded_form_keeps_its_token_out_of_addresses(base: str) -> None:
    """Without scripting an embedded page goes by a hidden field, and the next page comes at once."""
    stranger = Visitor(base)
    form = {**fields_of(stranger.get("?embedded=1").text), "text": "was there a placebo?"}
    page = stranger.post("say", data=form)
    assert page.status_code == 200
    assert "was there a placebo?" in page.text
    stranger.token = fields_of(page.text)["token"]
    assert len(stranger.texts()) == 2
    over = stranger.post("start-over", data={"token": stranger.token}, headers={"Authorization": None})
    assert over.status_code == 200
    assert "was there a placebo?" not in over.text


# Starting over, and deleting


def files_with(assistant: Assistant, words: str) -> list[str]:
    """The files under the assistant's folder in which some words stand."""
    found = [file for file in assistant.settings.folder.rglob("*") if file.is_file()]
    assert found
    return [file.name for file in found if words.encode() in file.read_bytes()]


def test_starting_over_forgets(assistant: Assistant, visitor: Visitor) -> None:
    """After starting over there is a new conversation, and nothing of the old one is left."""
    visitor.say(f"my name is {CANARY}-over")
    assert visitor.cookie
    before = visitor.cookie.split(".")[0]
    assert files_with(assistant, f"{CANARY}-over")
    begun = visitor.post("start-over", json={}).json()
    assert [message["id"] for message in begun["messages"]] == ["greeting"]
    assert visitor.texts() == []
    assert visitor.cookie.split(".")[0] != before
    assert files_with(assistant, f"{CANARY}-over") == []
    assert files_with(assistant, before) == []


@pytest.mark.parametrize("form", [False, True])
def test_deleting_really_deletes(assistant: Assistant, visitor: Visitor, form: bool) -> None:
    """After “stop and delete” no file of the assistant holds a word of it, nor the id, and the cookie is gone."""
    words = f"{CANARY}-{form}"
    visitor.press("/prescreen")
    visitor.say(words)
    assert visitor.cookie
    id = visitor.cookie.split(".")[0]
    assert files_with(assistant, words)
    given = {"data": {}, "headers": {"Content-Type": "application/x-www-form-urlencoded"}} if form else {"json": {}}
    deleted = visitor.post("delete", **given)
    assert deleted.status_code == 200
    assert "Max-Age=0" in deleted.headers["Set-Cookie"]
    assert visitor.cookie is None
    assert files_with(assistant, words) == []
    assert files_with(assistant, id) == []
    assert visitor.texts() == []


def test_asking_to_be_forgotten_deletes_too(assistant: Assistant, visitor: Visitor) -> None:
    """“Forget my data” in the chat is answered, and nothing of the conversation is left."""
    visitor.say(f"{CANARY}-asked")
    answered = visitor.say("delete my data")
    assert answered["messages"][0]["custom"]["kind"] == "service"
    assert visitor.texts() == []
    assert files_with(assistant, f"{CANARY}-asked") == []


def test_nothing_of_a_person_is_in_a_log(assistant: Assistant, visitor: Visitor) -> None:
    """What people say, press, or send in vain is in no log, and neither is who they are."""
    visitor.say(f"{CANARY}-log")
    visitor.send({"id": new_id(), "text": f"{CANARY}-log", "x": 1})
    visitor.get(f"{CANARY}-log")
    assert visitor.cookie
    id = visitor.cookie.split(".")[0]
    for file in assistant.settings.logs.iterdir():
        text = file.read_text(errors="replace")
        assert f"{CANARY}-log" not in text
        assert id not in text


# Files, pictures, the summary


def test_files_are_served_by_their_content(visitor: Visitor) -> None:
    """The page's files have their hash in their address, are kept for good, and come in gzip where that is taken."""
    page = visitor.get().text
    names = {part.split('"')[0] for part in page.split('"static/')[1:]}
    assert any(name.startswith("chat.") for name in names)
    for name in names:
        packed = visitor.get(f"static/{name}", headers={"Accept-Encoding": "gzip"})
        plain = visitor.get(f"static/{name}", headers={"Accept-Encoding": "identity"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "Content-Encoding" not in plain.headers
        assert packed.content == plain.content
        assert plain.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert plain.headers["Access-Control-Allow-Origin"] == "*"
        assert "Set-Cookie" not in plain.headers


def test_the_embed_script_has_one_address(visitor: Visitor) -> None:
    """`embed.js` leads to the file with its hash; the demonstration page names that with its integrity."""
    to = visitor.get("embed.js")
    assert to.status_code == 302
    assert visitor.get(to.headers["Location"]).status_code == 200
    demo = visitor.get("demo").text
    assert f'src="{to.headers["Location"]}"' in demo
    assert 'integrity="sha384-' in demo


@pytest.mark.parametrize("path", ["", "?embedded=1", "demo", "pictures/cancer_free", "nothing/at/all"])
def test_every_address_is_relative(visitor: Visitor, path: str) -> None:
    """No page names an address that begins with a slash or is elsewhere: a proxy may show it under any path."""
    page = visitor.get(path).text
    addresses = re.findall(r'(?:href|src|action|formaction)="([^"]*)"', page)
    assert addresses
    for address in addresses:
        assert not re.match(r"/|https?:|javascript:", address), address
    assert not re.search(r"<script(?![^>]* src=)|<style| style=| on[a-z]+=", page)


def test_without_a_slash_the_page_is_found(base: str) -> None:
    """The address without its last slash leads to the page, on which everything relative hangs."""
    response = Visitor(base.rstrip("/")).get()
    assert (response.status_code, response.headers["Location"]) == (308, "page/")


def test_pictures_are_served(visitor: Visitor) -> None:
    """A picture is an SVG, and a page with its numbers as a table; without a person's cookie."""
    svg = visitor.get("pictures/cancer_free.svg")
    assert (svg.status_code, svg.headers["Content-Type"]) == (200, "image/svg+xml")
    assert "Set-Cookie" not in svg.headers
    page = visitor.get("pictures/cancer_free")
    assert "<table>" in page.text
    assert "cancer_free.svg" in page.text
    for nothing in ("pictures/nothing", "pictures/nothing.svg", "pictures/..%2fpage"):
        assert visitor.get(nothing).status_code == 404


def test_the_summary_is_made_for_the_person(visitor: Visitor) -> None:
    """The summary shows the answers, as a page and as a PDF, and is kept nowhere."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert visitor.post("summary", headers=form).status_code == 303
    visitor.press("/prescreen")
    visitor.say("72")
    page = visitor.post("summary", headers=form)
    assert page.status_code == 200
    assert "72" in words_of(page.text)
    pdf = visitor.post("summary.pdf", headers=form)
    assert pdf.content.startswith(b"%PDF")
    assert [page.headers["Cache-Control"], pdf.headers["Cache-Control"]] == ["no-store", "no-store"]
    assert visitor.get("summary").status_code == 405


def test_the_picture_of_an_answer_is_where_the_reply_says(assistant: Assistant) -> None:
    """The address in a reply's `figure`, by REST too, leads to the drawing, and its words are those of the drawing."""
    figure = next(reply["custom"]["figure"] for reply in assistant.say("/results_rates") if "custom" in reply)
    port = assistant.settings.port
    drawing = requests.get(f"http://127.0.0.1:{port}{figure['address']}", timeout=10)
    assert drawing.status_code == 200
    assert drawing.headers["Content-Type"].startswith("image/svg+xml")
    assert figure["alternative"] in drawing.text
