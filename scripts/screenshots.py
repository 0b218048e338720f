"""Pictures of the patient's page and of the console in every state: three widths, light and dark.

`make screenshots` calls it.

Look at each of them after a change: what is ugly, cut off or hard to read, no test will see.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

from actions.figures import figures
from actions.trial import trial
from scripts.browser import open_browser
from scripts.console_pictures import CONSOLE, COOKIE, PASSWORD, RECORDS, USERS, ConsoleState, console_served
from scripts.processes import free_port, stop_on_signals
from scripts.progress import Progress
from scripts.serve import started
from scripts.settings import HOME, Settings, run_command

FOLDER = HOME / "runs" / "screenshots"
#: Width and height of a desk, a telephone, and the narrowest that must do (a desk enlarged four times).
SIZES = {"1280": (1280, 900), "390": (390, 844), "320": (320, 640)}
SCHEMES = ("light", "dark")
PRESCREEN = "Check the rules with me"
#: The pictures that go with answers.
SHOWN = figures(trial().language)


@dataclass(frozen=True)
class State:
    """Something to look at.

    Attributes:
        show: brings it about, on the page opened at `path`.
        scripting: whether scripts run.
        whole: whether the picture shows the page down to its end, and not only the screen.
    """

    show: Callable[[Page], None] = lambda page: None
    path: str = ""
    scripting: bool = True
    whole: bool = False


def say(page: Page, *texts: str) -> None:
    """Types messages, and waits for each answer."""
    for text in texts:
        answers = page.locator(".message.guide").count()
        page.get_by_role("textbox").fill(text)
        page.keyboard.press("Enter")
        page.locator(".message.guide").nth(answers).wait_for()
    page.wait_for_timeout(700)  # the page scrolls smoothly


def answer_some(page: Page) -> None:
    """The first questions of the pre-screening, answered."""
    say(page, PRESCREEN, "72", "Woman", "Yes")


def to_result(page: Page) -> None:
    """An operation too long ago: the result comes early."""
    say(page, PRESCREEN, "72", "Woman", "Yes", "Yes", "Yes", "12 April 2020")


def summary(page: Page) -> None:
    """The summary, in place of the page."""
    to_result(page)
    page.locator(".result").evaluate("form => { form.target = ''; }")
    page.get_by_role("button", name="Summary to print").click()
    page.locator("dl").wait_for()


def open_menu(page: Page) -> None:
    """The menu, open."""
    page.locator(".menu summary").click()


def confirm_deletion(page: Page) -> None:
    """The question that comes before deleting."""
    open_menu(page)
    page.locator("form[data-confirm=delete] button").click()


def delete(page: Page) -> None:
    """After deleting."""
    say(page, "did it work?")
    confirm_deletion(page)
    page.locator("dialog .grave").click()
    page.locator(".note").last.wait_for()


def cut_off(page: Page) -> None:
    """A message that could not be sent."""
    page.context.set_offline(True)
    page.get_by_role("textbox").fill("did it work?")
    page.keyboard.press("Enter")
    page.locator(".note").last.wait_for()
    page.wait_for_timeout(700)


def waiting(page: Page) -> None:
    """While an answer is on its way."""
    page.evaluate("() => { window.fetch = () => new Promise(() => {}); }")  # never answers
    page.get_by_role("textbox").fill("did it work?")
    page.keyboard.press("Enter")
    page.wait_for_timeout(1200)


def refused(page: Page) -> None:
    """Too many messages at once."""
    words = json.dumps({"error": {"code": "too_many", "text": "That was a lot at once. Please wait a minute."}})
    page.route("**/messages", lambda route: route.fulfill(status=429, body=words, content_type="application/json"))
    page.get_by_role("textbox").fill("did it work?")
    page.keyboard.press("Enter")
    page.locator(".note").last.wait_for()
    page.wait_for_timeout(700)


def open_answers(page: Page) -> None:
    """The answers so far, open."""
    answer_some(page)
    page.locator(".question summary").click()


def in_frame(page: Page) -> None:
    """The chat on the clinic's page."""
    page.get_by_role("button", name="Ask about the trial").click()
    frame = page.frame_locator("iframe")
    frame.locator(".message").first.wait_for()
    page.wait_for_timeout(500)


def without_script(page: Page) -> None:
    """Two turns by forms."""
    page.get_by_role("textbox").fill("did it work?")
    page.locator(".send").click()
    page.get_by_role("textbox").fill(PRESCREEN)
    page.locator(".send").click()


STATES: dict[str, State] = {
    "first": State(),
    "first-whole": State(whole=True),
    "results": State(lambda page: say(page, "did it work?")),
    "results-whole": State(lambda page: say(page, "did it work?"), whole=True),
    "side-effects-whole": State(lambda page: say(page, "what were the side effects?"), whole=True),
    "sites": State(lambda page: say(page, "list all the sites")),
    "nearest-whole": State(lambda page: say(page, "which centre is nearest to Bergamo?"), whole=True),
    "call": State(lambda page: say(page, "who can I call?")),
    "emergency": State(lambda page: say(page, "my husband has chest pain")),
    "waiting": State(waiting),
    "offline": State(cut_off),
    "refused": State(refused),
    "prescreen-begins": State(lambda page: say(page, PRESCREEN)),
    "prescreen-number": State(lambda page: say(page, PRESCREEN, "why do you ask?")),
    "prescreen-choice": State(answer_some),
    "prescreen-answers": State(open_answers),
    "prescreen-result": State(to_result),
    "prescreen-result-whole": State(to_result, whole=True),
    "summary": State(summary, whole=True),
    "menu": State(open_menu),
    "confirm": State(confirm_deletion),
    "deleted": State(delete),
    "without-script": State(without_script, scripting=False, whole=True),
    "no-such-page": State(path="nothing-here"),
    # Each picture, and a map with a centre marked.
    **{f"picture-{name}": State(path=f"pictures/{name}", whole=True) for name in (*SHOWN.drawn, SHOWN.names[-1])},
    "embedded": State(lambda page: say(page, "did it work?"), path="?embedded=1"),
    "demo": State(path="demo"),
    "demo-open": State(in_frame, path="demo"),
}


def take(browser: Browser, address: str, name: str, state: State, width: str, scheme: str) -> Path:
    """Takes one picture; says where it is."""
    size = SIZES[width]
    context: BrowserContext = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=state.scripting,
        has_touch=size[0] < 600,
        is_mobile=size[0] < 600,
    )
    try:
        page = context.new_page()
        page.goto(address + state.path)
        state.show(page)
        path = FOLDER / f"{name}-{width}-{scheme}.png"
        if state.whole:
            whole(page)
        page.screenshot(path=path)
        return path
    finally:
        context.close()


def whole(page: Page) -> None:
    """Makes the screen as high as the page: what sticks to its edges would lie over the middle of it."""
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": page.evaluate("innerWidth"), "height": height})


def take_console(browser: Browser, clinic: Clinic, name: str, state: ConsoleState, width: str, scheme: str) -> Path:
    """Takes one picture of the console; says where it is."""
    size = SIZES[width]
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if scheme == "dark" else "light"
    )
    try:
        if state.user:
            cookie = {"name": COOKIE, "value": clinic.sessions[state.user], "url": clinic.address}
            context.add_cookies([cookie])  # type: ignore[list-item]
        page = context.new_page()
        page.goto(clinic.address + state.path.format(id=clinic.ids[state.record]))
        state.show(page)
        path = FOLDER / f"{name}-{width}-{scheme}.png"
        whole(page)
        page.screenshot(path=path)
        return path
    finally:
        context.close()


@contextmanager
def running() -> Iterator[str]:
    """An assistant of its own, as `make run` starts it; the address of its page."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(free_port(), free_port(), Path(folder), free_port())
        with started(settings):
            yield settings.page


@dataclass(frozen=True)
class Clinic:
    """A console to take pictures of.

    Attributes:
        sessions: the cookie by which each user is logged in.
        ids: of the records.
    """

    address: str
    sessions: Mapping[str, str]
    ids: Sequence[str]


@contextmanager
def clinic() -> Iterator[Clinic]:
    """A console with made-up users and records."""
    # The tests know what a record looks like.
    from tests.console.browser.seeding import seeded

    with tempfile.TemporaryDirectory() as folder:
        seed = seeded(Path(folder), PASSWORD, *RECORDS, users=USERS, counted=True)
        with console_served(Path(folder)) as address:
            yield Clinic(address, seed.sessions, [record["id"] for record in seed.records])


def main() -> int:
    """Takes the pictures."""
    parser = argparse.ArgumentParser(prog="python -m scripts.screenshots", description=__doc__)
    parser.add_argument("--address", help="a page that runs already; without it, an assistant is started")
    states = [*STATES, *CONSOLE]
    told = f"states: {', '.join(states)}"
    parser.add_argument("--only", nargs="+", choices=states, default=states, metavar="STATE", help=told)
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(SIZES), help="widths")
    parser.add_argument("--schemes", nargs="+", choices=SCHEMES, default=list(SCHEMES), help="light, dark")
    chosen = parser.parse_args()
    stop_on_signals()
    FOLDER.mkdir(parents=True, exist_ok=True)
    ways = [(width, scheme) for width in chosen.sizes for scheme in chosen.schemes]
    of_page = [name for name in chosen.only if name in STATES]
    of_console = [name for name in chosen.only if name in CONSOLE]
    if of_page:
        page = nullcontext(chosen.address) if chosen.address else running()
        with page as address, open_browser() as browser, Progress("Taking pictures of the page") as progress:
            for name in of_page:
                progress.note(name)
                for way in ways:
                    take(browser, address, name, STATES[name], *way)
    if of_console:
        with clinic() as console, open_browser() as browser, Progress("Taking pictures of the console") as progress:
            for name in of_console:
                progress.note(name)
                for way in ways:
                    take_console(browser, console, name, CONSOLE[name], *way)
    print(f"The pictures are in {FOLDER.relative_to(HOME)}.")
    return 0


if __name__ == "__main__":
    run_command(main)
