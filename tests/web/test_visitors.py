"""Conversation ids are made and signed here, and cannot be guessed, forged or named."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from web.settings import PageSettings
from web.visitors import LONGEST, Visitors, cookie, signing_key

KEY = b"a key of this test, and of nothing else"


def test_what_was_signed_is_read() -> None:
    """An id comes back out of its token; no two ids are alike."""
    visitors = Visitors(KEY)
    ids = {visitors.new() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(len(id) == 32 and visitors.read(visitors.sign(id)) == id for id in ids)


def test_what_others_signed_is_nobodys() -> None:
    """A token with another signature, without one, cut short, or with another's id put in is not read."""
    visitors = Visitors(KEY)
    mine, other = visitors.new(), visitors.new()
    token = visitors.sign(mine)
    signed_elsewhere = Visitors(b"another key").sign(mine)
    exchanged = token.replace(mine, other)
    for forged in (
        signed_elsewhere,
        exchanged,
        mine,
        token[:-1],
        token + "A",
        "",
        None,
        "é.ü.ß",
        "x" * 300,
        "..",
        "\0",
    ):
        assert visitors.read(forged) is None


def test_an_id_of_another_shape_is_not_read() -> None:
    """Even with our signature, only what looks like an id of ours is one."""
    visitors = Visitors(KEY)
    for strange in ("default", "../../etc/passwd", "a" * 31, "a" * 33, "ä" * 32):
        assert visitors.read(visitors.sign(strange)) is None


def test_an_old_token_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token outlives any conversation, and then no longer holds."""
    visitors = Visitors(KEY)
    token = visitors.sign(visitors.new())
    now = time.time()
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: now + LONGEST - 60)
    assert visitors.read(token)
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: now + LONGEST + 60)
    assert visitors.read(token) is None


def test_a_key_is_made_once(tmp_path: Path) -> None:
    """At the first start a key is made that only its owner can read; later starts use it again."""
    settings = PageSettings(tmp_path / "private")
    key = signing_key(settings)
    assert len(key) == 64
    assert signing_key(settings) == key
    files = list(settings.folder.iterdir())
    assert [file.name for file in files] == ["secret.key"]
    assert files[0].stat().st_mode & 0o777 == 0o600
    assert settings.folder.stat().st_mode & 0o777 == 0o700


def test_a_key_that_is_set_is_kept_nowhere(tmp_path: Path) -> None:
    """Where a key is set, no file is made."""
    settings = PageSettings(tmp_path / "private", secret="s" * 40)
    assert signing_key(settings) == b"s" * 40
    assert not settings.folder.exists()


def test_the_cookie() -> None:
    """Scripts cannot read it, other sites cannot send it, and it travels in the open on this machine only."""
    told = cookie("value", 60, "www.clinic.example")
    assert told == "trial_guide=value; Max-Age=60; HttpOnly; SameSite=Lax; Secure"
    for here in ("localhost", "localhost:5005", "127.0.0.1:5005", "[::1]:5005"):
        assert "Secure" not in cookie("value", 60, here)
    for elsewhere in ("", "localhost.evil.example", "127.0.0.1.evil.example", "clinic.example:443"):
        assert cookie("value", 60, elsewhere).endswith("; Secure")
    assert cookie("value", 0, "localhost") == "trial_guide=; Max-Age=0; HttpOnly; SameSite=Lax"
