"""The browser in which the patient's page is tested, measured and photographed: a Chromium that is on the machine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from scripts.settings import Trouble

#: The first that there is, is taken.
PROGRAMS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
#: Without these, Chromium asks the network for things of its own, or needs more than a container gives.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str:
    """Where Chromium is.

    Raises:
        Trouble: if there is none.
    """
    for program in PROGRAMS:
        if found := shutil.which(program):
            return found
    raise Trouble(
        "There is no Chromium on this machine, in which the patient's page is looked at."
        " Install it: `sudo apt-get install chromium` on Debian, `brew install --cask chromium` on macOS."
    )


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Chromium, without a window.

    Raises:
        Trouble: if there is none.
    """
    program = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()
