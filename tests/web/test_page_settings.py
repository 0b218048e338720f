"""What is set for the page is checked at the start."""

from __future__ import annotations

import pytest

from scripts.serve import check_outside, invitation
from scripts.settings import Settings, Trouble
from web.settings import WrongSettingError, read_page_settings


def test_nothing_needs_to_be_set() -> None:
    """Without any setting the page is shown in no frame, and trusts no proxy."""
    settings = read_page_settings({})
    assert (settings.embed_origins, settings.proxies, settings.secret) == ((), 0, None)
    assert settings.folder.name == "var"


def test_the_sites_that_may_embed_are_listed() -> None:
    """Sites stand beside one another, with a port or a whole domain where need be."""
    said = "https://www.clinic.example, https://*.hospital.example:8443 http://localhost:8000"
    origins = ("https://www.clinic.example", "https://*.hospital.example:8443", "http://localhost:8000")
    assert read_page_settings({"TRIAL_GUIDE_EMBED_ORIGINS": said}).embed_origins == origins


@pytest.mark.parametrize(
    "said",
    [
        "clinic.example",
        "http://clinic.example",
        "https://clinic.example/chat",
        "https://*",
        "*",
        "https://clinic.example;script-src",
        "'self'",
        "https://clinic",
    ],
)
def test_a_wrong_site_stops_the_start(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no site is named, with what to write instead; nothing can slip into the policy."""
    monkeypatch.setenv("TRIAL_GUIDE_EMBED_ORIGINS", said)
    with pytest.raises(Trouble, match="Write each site as its address without a path"):
        check_outside()


@pytest.mark.parametrize(
    ("name", "said", "told"),
    [
        ("TRIAL_GUIDE_SECRET", "short", "needs 32 characters or more"),
        ("TRIAL_GUIDE_PROXY", "yes", "must be the number of proxies in front, such as 1"),
        ("TRIAL_GUIDE_PROXY", "-1", "must be the number of proxies"),
        ("TRIAL_GUIDE_PROXY", "99", "must be the number of proxies"),
    ],
)
def test_a_wrong_setting_says_what_to_write(name: str, said: str, told: str) -> None:
    """A secret that can be guessed and a number that is none are refused, in words."""
    with pytest.raises(WrongSettingError, match=told) as raised:
        read_page_settings({name: said})
    assert name in str(raised.value)
    assert name == "TRIAL_GUIDE_PROXY" or said not in str(raised.value).split()


def test_the_start_names_the_page_first() -> None:
    """What a newcomer sees first is the address of the page."""
    lines = invitation(Settings(port=6005)).strip().splitlines()
    assert lines[0] == "The assistant is ready."
    assert lines[1].split() == ["In", "a", "browser:", "http://127.0.0.1:6005/webhooks/page/"]
