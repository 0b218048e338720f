"""The chat on the page of another site: where the clinic lists it, by token and without cookies; else not at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urljoin

import pytest
import requests
from browsing import ANSWERED, Console
from playwright.sync_api import Browser, BrowserContext, Page, expect

from scripts.browser import ARGUMENTS, chromium
from scripts.processes import free_port
from scripts.settings import Settings
from tests.conftest import running

OPEN = "Ask about the trial"
#: Playwright turns off that a frame of another site has a storage of its own; the last such list counts.
AS_PEOPLE_HAVE_IT = "--disable-features=Translate"


@dataclass
class Clinic:
    """Two sites with the same line in their pages; only the first is in TRIAL_GUIDE_EMBED_ORIGINS."""

    listed: str
    unlisted: str


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """The sites, and an assistant that knows of the first."""
    settings = Settings(free_port(), free_port(), tmp_path_factory.mktemp("embedding"))
    sites: list[ThreadingHTTPServer] = []
    try:
        # To a browser localhost is another site than 127.0.0.1, where the assistant is.
        sites += [ThreadingHTTPServer(("127.0.0.1", 0), showing(settings.page)) for _ in range(2)]
        listed, unlisted = (f"http://localhost:{site.server_port}" for site in sites)
        for site in sites:
            Thread(target=site.serve_forever, daemon=True).start()
        with running(settings, TRIAL_GUIDE_EMBED_ORIGINS=listed):
            yield Clinic(listed, unlisted)
    finally:
        for site in sites:
            site.shutdown()
            site.server_close()


def showing(guide: str) -> type[BaseHTTPRequestHandler]:
    """A site whose every page has the line that brings the chat, as the demonstration page has it."""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            line = re.search(r"<script[^>]*></script>", requests.get(f"{guide}demo", timeout=10).text)
            assert line
            script = line[0].replace('src="', f'src="{urljoin(guide, ".")}')
            page = f"<!doctype html><html lang=en><title>Clinic</title><body><h1>Clinic</h1>{script}</body></html>"
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *arguments: object) -> None:
            """Says nothing."""

    return Site


def opened(context: BrowserContext, site: str) -> Page:
    """The site, with the chat opened."""
    page = context.new_page()
    page.goto(site)
    page.get_by_role("button", name=OPEN).click()
    return page


def ask(page: Page, words: str) -> None:
    """Asks in the frame, and waits for the answer."""
    frame = page.frame_locator("iframe")
    expect(frame.locator(".message.guide")).not_to_have_count(0)
    before = frame.locator(".message.guide").count()
    frame.get_by_role("textbox").fill(words)
    frame.get_by_role("textbox").press("Enter")
    expect(frame.locator(".message.guide")).to_have_count(before + 1, timeout=ANSWERED)


def test_a_listed_site(clinic: Clinic, browser: Browser) -> None:
    """On a site that the clinic lists the chat answers, needs no cookie, and is there again after a reload."""
    usual = browser.browser_type.launch(executable_path=chromium(), args=[*ARGUMENTS, AS_PEOPLE_HAVE_IT])
    try:
        context = usual.new_context()
        page = opened(context, clinic.listed)
        ask(page, "did it work?")
        picture = page.frame_locator("iframe").locator(".message.guide img")
        expect(picture).to_have_js_property("complete", True)
        assert context.cookies() == []
        page.reload()
        page.get_by_role("button", name=OPEN).click()
        expect(page.frame_locator("iframe").locator(".message.guide")).to_have_count(2)
        assert page.evaluate("sessionStorage.length + localStorage.length") == 0
    finally:
        usual.close()


def test_cookies_of_others_blocked(clinic: Clinic, new_context: Callable[..., BrowserContext]) -> None:
    """Where a browser lets the frame keep neither cookies nor anything else, the chat works until the page is left."""
    context = new_context()
    page = opened(context, clinic.listed)
    expect(page.frame_locator("iframe").locator(".message.guide")).to_have_count(1)
    ask(page, "did it work?")
    ask(page, "and after two years?")
    expect(page.frame_locator("iframe").locator(".message.guide").last).to_contain_text("24 months")
    assert context.cookies() == []


def test_another_site(clinic: Clinic, new_context: Callable[..., BrowserContext], console: Console) -> None:
    """On any other site the browser does not show the chat."""
    console.expect("frame-ancestors")
    page = new_context().new_page()
    page.goto(clinic.unlisted)
    with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        page.get_by_role("button", name=OPEN).click()
    expect(page.frame_locator("iframe").locator(".message")).to_have_count(0)
