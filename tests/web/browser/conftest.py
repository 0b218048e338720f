"""A person at the patient's page, in a real browser. Any error in the console fails the test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from browsing import ANSWERED, Console, Person
from playwright.sync_api import Browser, BrowserContext

from scripts.browser import chromium, open_browser
from scripts.settings import Trouble

#: A page that runs already, to write tests against; a real run starts its own.
ADDRESS = "TRIAL_GUIDE_PAGE"

#: Counts what the live region is given: how often each message is added, and what is changed in it afterwards.
OBSERVER = """
addEventListener("DOMContentLoaded", () => {
  const log = document.querySelector("[role=log]");
  window.announced = {};
  window.changed = [];
  if (!log) return;
  new MutationObserver((records) => {
    if (log.ariaLive !== "polite") return;
    for (const record of records) {
      for (const node of record.addedNodes) {
        if (record.target !== log) window.changed.push(node.textContent);
        else if (node.dataset?.id) window.announced[node.dataset.id] = (window.announced[node.dataset.id] ?? 0) + 1;
      }
      if (record.type === "characterData") window.changed.push(record.target.data);
    }
  }).observe(log, { childList: true, characterData: true, subtree: true });
});
"""


# Not for the whole session: while it is open, Playwright's event loop runs, and no other test could run one.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, without a window; where there is none the tests fail, and say what to install."""
    try:
        chromium()
    except Trouble as trouble:
        pytest.fail(str(trouble), pytrace=False)
    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="session")
def address(request: pytest.FixtureRequest) -> str:
    """The patient's page."""
    if ADDRESS in os.environ:
        return os.environ[ADDRESS]
    return f"http://127.0.0.1:{request.getfixturevalue('assistant').settings.port}/webhooks/page/"


@pytest.fixture
def console() -> Iterator[Console]:
    """The console; an error that was not expected fails the test."""
    console = Console()
    yield console
    assert console.unexpected == []


@pytest.fixture
def new_context(browser: Browser, console: Console) -> Iterator[Callable[..., BrowserContext]]:
    """Another person's browser, as often as it is called; with the options of Playwright."""
    contexts: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        context = browser.new_context(**options)
        context.add_init_script(OBSERVER)
        context.on("console", console.heard)
        context.on("weberror", lambda error: console.errors.append(str(error.error)))
        context.set_default_timeout(ANSWERED)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def open_page(new_context: Callable[..., BrowserContext], address: str) -> Callable[..., Person]:
    """Opens the page in a browser of its own."""

    def open_it(path: str = "", **options: Any) -> Person:
        page = new_context(**options).new_page()
        page.goto(address + path)
        return Person(page)

    return open_it


@pytest.fixture
def person(open_page: Callable[..., Person]) -> Person:
    """Somebody who has just opened the page on a desk."""
    return open_page()
