"""The page's own files are served by their content, and every text it needs is there."""

from __future__ import annotations

import base64
import gzip
import hashlib
import os
from pathlib import Path

import pytest

from actions.trial import trial
from web.files import Files
from web.pages import texts

CODES = ("unreadable", "not_from_here", "not_found", "too_large", "too_many", "unavailable")


def test_an_address_holds_the_hash_of_the_content(tmp_path: Path) -> None:
    """A file is found under its hash and no other; when it changes, so does its address."""
    script = tmp_path / "chat.js"
    script.write_text("'one'")
    files = Files(tmp_path)
    first = files["chat.js"]
    assert first.address == f"chat.{hashlib.sha256(first.content).hexdigest()[:16]}.js"
    assert files.at(first.address).content == b"'one'"
    script.write_text("'two!'")
    os.utime(script, ns=(1, 1))
    assert files["chat.js"].address != first.address
    for gone in (first.address, "chat.js", "chat.0000000000000000.js", "nothing.0000000000000000.js", "..", ""):
        with pytest.raises(KeyError):
            files.at(gone)


def test_nothing_but_the_files_of_the_folder_is_served(tmp_path: Path) -> None:
    """No other folder is reached, and no file of another type."""
    folder = tmp_path / "static"
    folder.mkdir()
    (tmp_path / "secret.js").write_text("secret")
    (folder / "notes.txt").write_text("notes")
    files = Files(folder)
    for name in ("../secret.js", str(tmp_path / "secret.js"), "notes.txt", "nothing.js"):
        with pytest.raises(KeyError):
            files[name]


def test_a_file_is_packed_where_that_is_smaller(tmp_path: Path) -> None:
    """Long text is kept in gzip too, short text is not; the integrity is that of the content."""
    (tmp_path / "long.css").write_text("a {}\n" * 500)
    (tmp_path / "short.css").write_text("a")
    files = Files(tmp_path)
    long = files["long.css"]
    assert long.packed
    assert gzip.decompress(long.packed) == long.content
    assert files["short.css"].packed is None
    assert long.integrity == "sha384-" + base64.b64encode(hashlib.sha384(long.content).digest()).decode()


def test_every_refusal_has_its_words() -> None:
    """In every language there are words for each reason to refuse, and no fact is left unfilled."""
    for language in trial().languages:
        errors = texts(language)["errors"]
        assert all(errors[code] for code in CODES)
        assert not any("{" in words for words in errors.values())
