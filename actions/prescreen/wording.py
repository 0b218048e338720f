"""The words of faults and explanations, in the reader's language (trial/<language>/verdicts.yml)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

TRIAL = Path(__file__).resolve().parents[2] / "trial"


def load(path: Path) -> Any:
    """A YAML file of the trial."""
    with path.open(encoding="utf-8") as file:
        return yaml.load(file, Loader=yaml.CSafeLoader)


@cache
def words(language: str) -> Any:
    """Every wording in a language."""
    return load(TRIAL / language / "verdicts.yml")


def say(language: str, *path: object, **details: object) -> str:
    """One wording, with its details filled in."""
    text = words(language)
    for step in path:
        text = text[step]
    return str(text).format(**details)
