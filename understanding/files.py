"""Reading the YAML files of the lexicon and the trial."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml


def read_yaml(path: Path) -> Any:
    """The contents of a YAML file.

    Raises:
        OSError: if it cannot be read.
        yaml.YAMLError: if it is no YAML; the message names the line.
    """
    with path.open(encoding="utf-8") as file:
        # libyaml reads ten times as fast as the loader in Python, and as safely.
        return yaml.load(file, Loader=yaml.CSafeLoader)
