"""A verdict says by which rules it was found."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from actions.prescreen import rules_version, verdict


def test_the_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The version is the same for the same rules, and another as soon as anything in them is."""
    found = rules_version()
    assert re.fullmatch(r"[0-9a-f]{12}", found)
    monkeypatch.setattr(verdict, "TRIAL", tmp_path)
    fresh = rules_version.__wrapped__
    for name in ("criteria.yml", "prescreen.yml"):
        for copied in ("criteria.yml", "prescreen.yml"):
            shutil.copy(Path(verdict.__file__).resolve().parents[2] / "trial" / copied, tmp_path)
        assert fresh() == found
        with (tmp_path / name).open("a") as file:
            file.write("#\n")
        assert fresh() != found
