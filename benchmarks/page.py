"""How quickly the patient's page is there, and answers, as a browser sees it: over a slow connection and here.

    python -m benchmarks --only page

A telephone on a bad connection is what Chromium makes of these settings: so many bits a second, and a delay for each
request. The assistant runs on this machine, so that nothing but the connection is slow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page

from benchmarks.figures import median, percentile, written
from scripts.progress import Progress
from scripts.settings import Trouble

#: A bad connection: bytes a second each way, and milliseconds until an answer begins.
SLOW = {"downloadThroughput": 400_000 / 8, "uploadThroughput": 400_000 / 8, "latency": 400}
SLOW_NAME = "400 kbit/s, 400 ms"
TELEPHONE = {"width": 390, "height": 844}
#: Milliseconds until something is given up.
PATIENCE = 60_000
#: When the first message can be read, and when the widget has taken the page over: what is pressed then, it sends.
READABLE = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
LIVE = "document.querySelector('[role=log]')?.getAttribute('aria-live') === 'polite' && performance.now()"
#: Sends words as the Enter key does, and gives the milliseconds until the answer stands in the page.
ASK = """words => new Promise((answered) => {
  const [log, field] = [document.querySelector("[role=log]"), document.querySelector("#field")];
  const before = log.querySelectorAll(".guide").length;
  const watch = new MutationObserver(() => {
    if (log.querySelectorAll(".guide").length === before) return;
    watch.disconnect();
    answered(performance.now() - began);
  });
  watch.observe(log, { childList: true });
  field.value = words;
  const began = performance.now();
  field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
})"""


@dataclass(frozen=True)
class Opening:
    """One opening of the page by somebody who was never there.

    Attributes:
        sent: bytes that went over the connection, headers included, by the kind of file.
        readable: milliseconds until the first words were on the screen.
        live: milliseconds until the chat could be used as a whole.
    """

    sent: dict[str, float]
    readable: float
    live: float


@dataclass(frozen=True)
class Times:
    """What was measured: openings over the slow connection, and milliseconds of answers over it and without it."""

    openings: Sequence[Opening]
    slow_answers: Sequence[float]
    answers: Sequence[float]


def measure(browser: Browser, address: str, questions: Sequence[str], rounds: int, progress: Progress) -> Times:
    """Opens the page and asks, ``rounds`` times."""
    openings: list[Opening] = []
    answers: dict[bool, list[float]] = {True: [], False: []}
    for number in range(rounds):
        for slow in (True, False):
            progress.note(f"round {number + 1} of {rounds}")
            # Each time a browser that has kept nothing.
            # The page's own policy forbids what the measuring needs: an expression that is looked at again and again.
            context = browser.new_context(viewport=TELEPHONE, is_mobile=True, has_touch=True, bypass_csp=True)  # type: ignore[arg-type]
            context.set_default_timeout(PATIENCE)
            try:
                page = context.new_page()
                opening = open_page(page, address, slow)
                if slow:
                    openings.append(opening)
                answers[slow] += [page.evaluate(ASK, question) for question in questions]
            finally:
                context.close()
    return Times(openings, answers[True], answers[False])


def open_page(page: Page, address: str, slow: bool) -> Opening:
    """Opens the page, and waits until it can be used.

    Raises:
        Trouble: if it does not come to that.
    """
    connection = page.context.new_cdp_session(page)
    connection.send("Network.enable")
    if slow:
        connection.send("Network.emulateNetworkConditions", {"offline": False, **SLOW})
    sent = watched(connection)
    page.goto(address)
    live = page.wait_for_function(LIVE).json_value()
    readable = page.wait_for_function(READABLE).json_value()
    if not sent.get("Script"):
        raise Trouble("The page came without its script. Is the folder web/ complete?")
    return Opening(sent, readable, live)


def watched(connection: CDPSession) -> dict[str, float]:
    """The bytes of each kind of file, counted from now on as they come."""
    sent: dict[str, float] = {}
    kinds: dict[str, str] = {}

    def begun(event: dict[str, Any]) -> None:
        if not event["response"]["url"].startswith("data:"):
            kinds[event["requestId"]] = event["type"]

    def ended(event: dict[str, Any]) -> None:
        if kind := kinds.get(event["requestId"]):
            sent[kind] = sent.get(kind, 0) + event["encodedDataLength"]

    connection.on("Network.responseReceived", begun)
    connection.on("Network.loadingFinished", ended)
    return sent


def lines(times: Times) -> list[str]:
    """The figures, as lines of a table."""
    sent = {
        kind: median(opening.sent.get(kind, 0) for opening in times.openings) / 1000
        for kind in ("Document", "Stylesheet", "Script")
    }
    rows = [
        ("sent until the chat is there", sum(sent.values()), "kB"),
        ("  of which HTML", sent["Document"], "kB"),
        ("  of which CSS", sent["Stylesheet"], "kB"),
        ("  of which JavaScript", sent["Script"], "kB"),
        (f"first words on the screen ({SLOW_NAME})", median(one.readable for one in times.openings), "ms"),
        (f"chat can be used ({SLOW_NAME})", median(one.live for one in times.openings), "ms"),
        (f"answer in the page, median ({SLOW_NAME})", median(times.slow_answers), "ms"),
        ("answer in the page, median (this machine)", median(times.answers), "ms"),
        ("answer in the page, 95% within (this machine)", percentile(times.answers, 0.95), "ms"),
    ]
    width = max(len(what) for what, _, _ in rows)
    return [f"{what.ljust(width)}  {written(value).rjust(6)}  {unit}" for what, value, unit in rows]
