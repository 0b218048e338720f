"""Ways into the console and out of it, in a real browser."""

from __future__ import annotations

import time
from base64 import b32decode
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from django_otp.oath import totp
from playwright.sync_api import expect

from tests.console.browser.working import Colleague, Served
from tests.django_setup import PASSWORD
from tests.web.browser.browsing import Console

USERS = {"carla": "coordinator", "bruno": "coordinator", "livia": "lead", "otto": "coordinator", "ida": "coordinator"}


def now_shown(secret: str) -> str:
    """What an app with this secret shows now."""
    return f"{totp(b32decode(secret.replace(' ', ''))):06d}"


def test_log_in_and_out(clinic: Served, opens: Callable[..., Colleague]) -> None:
    """Whoever asks for a page is asked who they are, led to it, and shown nothing more after logging out."""
    carla = opens("", "calendar/")
    assert carla.title == "Log in"
    carla.log_in("carla", PASSWORD)
    assert (carla.title, carla.path) == ("Calendar", "calendar/")
    carla.page.locator(".menu summary").click()
    carla.press("Log out")
    assert carla.title == "Log in"
    carla.open("calendar/")
    assert carla.title == "Log in"
    carla.page.go_back()
    assert "People for whom" not in carla.text


def test_wrong_password(opens: Callable[..., Colleague]) -> None:
    """A wrong password is told in words that do not say whether there is such a user; the name stays in its field."""
    somebody = opens()
    said = []
    for name in ("carla", "nobody-of-that-name"):
        somebody.log_in(name, "not the password at all")
        said.append(somebody.wrong.inner_text())
        expect(somebody.page.get_by_label("Username")).to_have_value(name)
        expect(somebody.page.get_by_label("Password")).to_have_value("")
    assert said[0] == said[1]
    assert "Name or password is not right" in said[0]
    assert "?" not in somebody.path.replace("?next=/", "")


def test_locked_out(console: Console, opens: Callable[..., Colleague]) -> None:
    """After five failures bruno has to wait, even with the right password; a colleague at the same address gets in."""
    console.expect("429")
    bruno = opens()
    for _ in range(5):
        assert bruno.title == "Log in"
        bruno.log_in("bruno", "not the password at all")
    assert bruno.title == "Please wait a little"
    assert "15 minutes" in bruno.text
    again = opens()
    again.log_in("bruno", PASSWORD)
    assert again.title == "Please wait a little"
    carla = opens()
    carla.log_in("carla", PASSWORD)
    assert carla.title == "Records"


def test_second_factor(opens: Callable[..., Colleague]) -> None:
    """Set up with what the page shows, it is asked for at the next login, and nothing is shown before."""
    livia = opens("livia")
    livia.page.locator(".menu summary").click()
    livia.follow("Second factor")
    livia.press("Set it up")
    expect(livia.page.get_by_role("img", name="Picture for the app")).to_be_visible()
    secret = livia.page.locator("code").inner_text()
    livia.page.get_by_label("Code").fill("000000")
    livia.press("Turn it on")
    expect(livia.wrong).to_contain_text("not right")
    time.sleep(1.2)  # after a wrong code one has to wait
    livia.page.get_by_label("Code").fill(now_shown(secret))
    livia.press("Turn it on")
    codes = livia.page.locator(".codes code").all_inner_texts()
    assert len(codes) == 10
    later = opens("", "calendar/")
    later.log_in("livia", PASSWORD)
    assert later.title == "Second factor"
    for path in ("hand-over/prescreenings.csv", "audit/", ""):
        later.open(path)
        assert later.title == "Second factor"
    expect(later.page.locator(".places a")).to_have_count(0)
    # The code of now was used above; one on paper is good, once.
    later.page.get_by_label("Code").fill(codes[0].lower())
    later.press("Go on")
    assert later.title == "Records"
    thrice = opens()
    thrice.log_in("livia", PASSWORD)
    thrice.page.get_by_label("Code").fill(codes[0])
    thrice.press("Go on")
    expect(thrice.wrong).to_contain_text("not right, or was used before")


def test_idle_session_ends(clinic: Served, opens: Callable[..., Colleague]) -> None:
    """Each page begins the thirty minutes anew; after them the login is asked for again."""
    otto = opens()
    otto.log_in("otto", PASSWORD)
    key = next(cookie["value"] for cookie in otto.page.context.cookies() if cookie["name"] == "trial_guide_console")
    otto.page.wait_for_timeout(1100)
    asked = datetime.now(timezone.utc)
    otto.open()
    [(until,)] = clinic.ask("SELECT expire_date FROM django_session WHERE session_key = ?", key)
    left = datetime.fromisoformat(until).replace(tzinfo=timezone.utc) - asked
    assert timedelta(minutes=29, seconds=59) < left < timedelta(minutes=30, seconds=30)
    past = (asked - timedelta(seconds=1)).replace(tzinfo=None)
    assert clinic.change("UPDATE django_session SET expire_date = ? WHERE session_key = ?", str(past), key) == 1
    otto.open()
    assert otto.title == "Log in"


def test_the_browsers_end_is_the_sessions_end(opens: Callable[..., Colleague]) -> None:
    """The cookie lasts no longer than the browser is open, and no script can read it."""
    otto = opens()
    otto.log_in("otto", PASSWORD)
    cookies = {cookie["name"]: cookie for cookie in otto.page.context.cookies()}
    assert cookies["trial_guide_console"]["expires"] == -1
    assert all(cookie["httpOnly"] for cookie in cookies.values())
    assert otto.page.evaluate("document.cookie") == ""


def test_own_password(opens: Callable[..., Colleague]) -> None:
    """Whoever changes their own password is told what is wrong with the new one, and logs in with it from then on."""
    ida = opens("ida", "account/password/")
    ida.page.get_by_label("Old password").fill(PASSWORD)
    for new in ("ida", "quite another passphrase"):
        ida.page.get_by_label("New password", exact=True).fill(new)
        ida.page.get_by_label("New password confirmation").fill(new)
        ida.page.get_by_label("Old password").fill(PASSWORD)
        ida.press("Change the password")
        if new == "ida":
            expect(ida.wrong.first).to_contain_text("too short")
    expect(ida.told).to_contain_text("Your password was changed")
    again = opens()
    again.log_in("ida", PASSWORD)
    expect(again.wrong).to_contain_text("not right")
    again.log_in("ida", "quite another passphrase")
    assert again.title == "Records"
