"""What is set for the console from outside is checked at the start, and errors say what to write instead."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from review.environment import WRONG, ConsoleSettings, read_console_settings, read_everything
from scripts.settings import HOME

OUTSIDE = {"TRIAL_GUIDE_CONSOLE_ORIGIN": "https://console.clinic.example", "TRIAL_GUIDE_PROXY": "1"}


def test_nothing_needs_to_be_set() -> None:
    """Without any setting the console is on this machine only."""
    settings = read_everything({})
    assert settings == ConsoleSettings(5010, None, 30, False, 0)
    assert settings.address == "http://127.0.0.1:5010/"
    assert settings.hosts == ["127.0.0.1", "localhost"]


def test_everything_can_be_set() -> None:
    """Port, address, minutes, second factor, proxies."""
    more = {
        "TRIAL_GUIDE_CONSOLE_PORT": "6010",
        "TRIAL_GUIDE_CONSOLE_IDLE": "10",
        "TRIAL_GUIDE_SECOND_FACTOR": "required",
    }
    settings = read_console_settings({**OUTSIDE, **more})
    assert settings == ConsoleSettings(6010, "https://console.clinic.example", 10, True, 1)
    assert settings.address == "https://console.clinic.example/"
    assert settings.hosts[-1] == "console.clinic.example"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"TRIAL_GUIDE_CONSOLE_PORT": "80"}, r"from 1024 to 65535, such as 5010"),
        ({"TRIAL_GUIDE_CONSOLE_PORT": "x"}, r"TRIAL_GUIDE_CONSOLE_PORT is “x”"),
        ({"TRIAL_GUIDE_CONSOLE_IDLE": "0"}, r"from 1 to 720, such as 30"),
        ({"TRIAL_GUIDE_CONSOLE_IDLE": "9999"}, r"TRIAL_GUIDE_CONSOLE_IDLE is “9999”"),
        ({"TRIAL_GUIDE_SECOND_FACTOR": "yes"}, r"Write “required” or “optional”"),
        ({"TRIAL_GUIDE_CONSOLE_ORIGIN": "https://console.clinic.example"}, r"such as TRIAL_GUIDE_PROXY=1"),
        *(
            ({**OUTSIDE, "TRIAL_GUIDE_CONSOLE_ORIGIN": said}, r"such as https://console\.clinic\.example")
            for said in (
                "http://console.clinic.example",
                "console.clinic.example",
                "https://console.clinic.example/console",
                "https://*.clinic.example",
                "https://console",
                "*",
            )
        ),
        ({"TRIAL_GUIDE_PROXY": "many"}, r"TRIAL_GUIDE_PROXY is “many”"),
        ({"TRIAL_GUIDE_DATABASE": "mysql://x"}, r"must look like postgresql://"),
        ({"TRIAL_GUIDE_KEEP_DAYS": "0"}, r"TRIAL_GUIDE_KEEP_DAYS is “0”"),
    ],
)
def test_a_wrong_setting_is_told(given: dict[str, str], told: str) -> None:
    """It is named, with what to write."""
    with pytest.raises(WRONG, match=told):
        read_everything(given)


def django_settings(folder: Path, **environment: str) -> dict[str, Any]:
    """Django's settings as they come out of an environment."""
    ask = (
        "import json, review.settings as s;"
        "print(json.dumps({n: getattr(s, n) for n in dir(s) if n.isupper()}, default=str))"
    )
    told = subprocess.run(
        [sys.executable, "-c", ask],
        cwd=HOME,
        env={"TRIAL_GUIDE_FOLDER": str(folder), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    settings: dict[str, Any] = json.loads(told.stdout)
    return settings


def test_behind_a_proxy_everything_goes_by_https(tmp_path: Path) -> None:
    """With an address outside, cookies go over https alone, and the proxy tells that it was https."""
    settings = django_settings(tmp_path, **OUTSIDE)
    assert settings["SESSION_COOKIE_SECURE"] is True
    assert settings["CSRF_COOKIE_SECURE"] is True
    assert settings["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert settings["CSRF_TRUSTED_ORIGINS"] == ["https://console.clinic.example"]
    assert settings["ALLOWED_HOSTS"] == ["127.0.0.1", "localhost", "console.clinic.example"]
    assert settings["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]
    assert settings["SECURE_HSTS_SECONDS"] > 0


def test_on_this_machine_nobody_may_say_that_it_was_https(tmp_path: Path) -> None:
    """Without a proxy there is only loopback: plain cookies, no trusted header, no other host."""
    settings = django_settings(tmp_path)
    assert settings["SESSION_COOKIE_SECURE"] is False
    assert settings["SECURE_PROXY_SSL_HEADER"] is None
    assert settings["ALLOWED_HOSTS"] == ["127.0.0.1", "localhost"]
    assert settings["DEBUG"] is False
    assert settings["SESSION_COOKIE_AGE"] == 30 * 60


def test_the_key_is_that_of_the_installation(tmp_path: Path) -> None:
    """Two starts in the same folder have the same key, and two folders different ones."""
    one, again = django_settings(tmp_path / "a")["SECRET_KEY"], django_settings(tmp_path / "a")["SECRET_KEY"]
    assert one == again
    assert one != django_settings(tmp_path / "b")["SECRET_KEY"]
    assert len(one) >= 50


def test_django_finds_nothing_to_complain_of(tmp_path: Path) -> None:
    """Django's own look at the settings before they are deployed finds no fault."""
    told = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=HOME,
        env={"TRIAL_GUIDE_FOLDER": str(tmp_path), **OUTSIDE},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr


def test_no_migration_is_missing(tmp_path: Path) -> None:
    """The tables are those of the models."""
    command = [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"]
    environment = {"TRIAL_GUIDE_FOLDER": str(tmp_path)}
    assert subprocess.run(command, cwd=HOME, env=environment, capture_output=True, check=False).returncode == 0
