"""The console really served, and people of the clinic at it in a real browser.

Any error in the browser's console, and any window that a script opens, fails the test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog

from scripts.browser import chromium, open_browser
from scripts.console_pictures import COOKIE
from scripts.settings import Trouble
from tests.console.browser.seeding import seeded
from tests.console.browser.working import SHOWN, Colleague, Served, served
from tests.django_setup import PASSWORD
from tests.web.browser.browsing import Console

Opens = Callable[..., Colleague]


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


@pytest.fixture(scope="module")
def clinic(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The console with what the test's module wants: USERS, RECORDS, and numbers if COUNTED."""
    folder: Path = tmp_path_factory.mktemp("clinic")
    records, users, counted = (getattr(request.module, name, None) for name in ("RECORDS", "USERS", "COUNTED"))
    seed = seeded(folder, PASSWORD, *records or (), users=users, counted=bool(counted))
    with served(folder, seed) as console:
        yield console


@pytest.fixture
def console() -> Iterator[Console]:
    """The browser's console; an error that was not expected fails the test."""
    console = Console()
    yield console
    assert console.unexpected == []


@pytest.fixture
def new_context(browser: Browser, console: Console) -> Iterator[Callable[..., BrowserContext]]:
    """Another person's browser, as often as it is called; with the options of Playwright."""
    contexts: list[BrowserContext] = []

    def opened(dialog: Dialog) -> None:
        console.errors.append(f"A window was opened: {dialog.message}")
        dialog.dismiss()

    def make(**options: Any) -> BrowserContext:
        context = browser.new_context(**options)
        context.on("console", console.heard)
        context.on("weberror", lambda error: console.errors.append(str(error.error)))
        context.on("dialog", opened)
        context.set_default_timeout(SHOWN)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def opens(new_context: Callable[..., BrowserContext], clinic: Served) -> Opens:
    """Opens the console in a browser of its own: as one who is logged in, or as somebody unknown."""

    def open_it(name: str = "", path: str = "", **options: Any) -> Colleague:
        context = new_context(**options)
        if name:
            context.add_cookies([{"name": COOKIE, "value": clinic.seed.sessions[name], "url": clinic.address}])
        colleague = Colleague(context.new_page(), clinic.address)
        colleague.open(path)
        return colleague

    return open_it
