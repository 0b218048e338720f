"""The codes of trial/codes.yml: addresses of the form, LOINC for its questions, UCUM for its units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from actions.trial import FOLDER, read_yaml

LOINC = "http://loinc.org"


@dataclass(frozen=True)
class Codes:
    """What other systems call things; the attributes are explained in trial/codes.yml."""

    canonical: str
    ucum: str
    systems: Mapping[str, str]
    units: Mapping[str, Mapping[str, str]]
    loinc: Mapping[str, Sequence[Mapping[str, object]]]

    def address(self, kind: str, name: str) -> str:
        """The address of something of this form's own."""
        return f"{self.canonical}/{kind}/{name}"

    def system(self, key: str) -> str:
        """The code system of a question's choices."""
        return self.systems.get(key) or self.address("CodeSystem", key.replace("_", "-"))

    def of(self, name: str) -> list[dict[str, object]]:
        """The codes of a question, or of a part of it."""
        return [
            {"system": LOINC, "code": entry["code"], "display": entry["display"]} for entry in self.loinc.get(name, ())
        ]


@lru_cache(maxsize=1)
def codes() -> Codes:
    """The codes of this trial."""
    return Codes(**read_yaml(FOLDER / "codes.yml"))
