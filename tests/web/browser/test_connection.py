"""A connection that is lost: nothing is lost with it, and nothing is said twice."""

from __future__ import annotations

import json

from browsing import ANSWERED, Console, Person
from playwright.sync_api import Route, expect

LOST = r"net::ERR_(INTERNET_DISCONNECTED|FAILED|CONNECTION_RESET|EMPTY_RESPONSE)"


def test_network_cut(person: Person, console: Console) -> None:
    """With the network cut in the middle, a message waits, is sent once it is back, and is answered once."""
    console.expect(LOST)
    person.say("did it work?")
    person.page.context.set_offline(True)
    person.field.fill("who can I call?")
    person.page.keyboard.press("Enter")
    expect(person.page.locator(".note")).to_contain_text("goes out once the connection is back")
    person.page.context.set_offline(False)
    expect(person.guide).to_have_count(3)
    expect(person.page.locator(".note")).to_have_count(0)
    person.page.reload()
    expect(person.own).to_have_count(2)
    expect(person.guide).to_have_count(3)


def test_answer_lost_on_its_way(person: Person, console: Console) -> None:
    """If the message arrived and its answer did not, the second try doubles nothing."""
    console.expect(LOST)
    tries: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        if route.request.method == "POST":
            tries.append(json.loads(route.request.post_data or "{}")["id"])
        if len(tries) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    person.page.route("**/messages", lose_the_first_answer)
    person.say("did it work?")
    assert len(tries) == 2
    assert len(set(tries)) == 1
    person.page.unroute("**/messages")
    person.page.reload()
    expect(person.own).to_have_count(1)
    expect(person.guide).to_have_count(2)


def test_server_starting(person: Person, console: Console) -> None:
    """A server that is not there for a moment is asked again."""
    console.expect("503")
    person.page.route("**/messages", lambda route: route.fulfill(status=503, body="{}"), times=1)
    assert "Sorafenib" in person.say("did it work?")


def test_reload_while_waiting(person: Person, console: Console) -> None:
    """A message that could not be sent survives a reload of the page."""
    console.expect(LOST)
    person.page.route("**/messages", lambda route: route.abort())
    person.field.fill("did it work?")
    person.page.keyboard.press("Enter")
    expect(person.page.locator(".note")).to_be_visible()
    person.page.unroute("**/messages")
    person.page.reload()
    expect(person.guide).to_have_count(2, timeout=ANSWERED)
    expect(person.own).to_have_count(1)


def test_several_while_waiting(person: Person, console: Console) -> None:
    """Messages typed while there is no connection arrive in their order."""
    console.expect(LOST)
    person.page.context.set_offline(True)
    for text in ("did it work?", "who can I call?"):
        person.field.fill(text)
        person.page.keyboard.press("Enter")
    person.page.context.set_offline(False)
    expect(person.guide).to_have_count(3)
    person.page.reload()
    expect(person.own.locator(".words")).to_have_text(["did it work?", "who can I call?"])


def test_too_many(person: Person, console: Console) -> None:
    """Told that it was too much at once, a person can send the message again, with one press."""
    console.expect("429")
    refusal = json.dumps({"error": {"code": "too_many", "text": "Please wait a minute."}})
    person.page.route(
        "**/messages",
        lambda route: route.fulfill(status=429, body=refusal, content_type="application/json"),
        times=1,
    )
    person.field.fill("did it work?")
    person.page.keyboard.press("Enter")
    expect(person.page.locator(".note")).to_have_text("Please wait a minute.")
    person.press("Send again")
    expect(person.page.locator(".note")).to_have_count(0)
    expect(person.own).to_have_count(1)
