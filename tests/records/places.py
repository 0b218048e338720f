"""Where the tests of the records store."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connections

from conversations.database import DATABASE, FOLDER


@dataclass(frozen=True)
class Place:
    """Where a test stores: in this folder, and with PostgreSQL in the database of this address."""

    folder: Path
    address: str | None

    @property
    def environment(self) -> dict[str, str]:
        """For a process that is to store in the same place."""
        own = {FOLDER: str(self.folder)}
        if self.address:
            own[DATABASE] = self.address
        return {**{name: value for name, value in os.environ.items() if name not in (FOLDER, DATABASE)}, **own}


@contextmanager
def used(settings: dict[str, Any]) -> Iterator[None]:
    """Another database in place of Django's, for a while."""
    before, settings_before = connections["default"], connections.settings["default"]
    connections.settings["default"] = connections.configure_settings({"default": dict(settings)})["default"]
    del connections["default"]
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"] = settings_before
        connections["default"] = before
