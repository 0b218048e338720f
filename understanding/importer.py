"""Reads the training phrases for Rasa: once, and fast.

Rasa's own reader takes the files for anything that Rasa can be taught, checks them against a schema, reads them
again for the domain, and copies and compares all phrases several times over: a quarter of the time of a training.
Here they are what they are in this project, phrases under an intent, which nothing changes once they are read.
(A test reads them by Rasa's reader as well, which must find the same.)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.constants import INTENT, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method

#: Rasa's own files are YAML as well; the parser in C is many times as fast.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Phrase(Message):
    """A training phrase. It does not change, so it need not be copied, and is compared by what it once was."""

    _fingerprint: str | None = None

    def fingerprint(self) -> str:
        """What tells it from other phrases."""
        if self._fingerprint is None:
            self._fingerprint = super().fingerprint()
        return self._fingerprint

    def __deepcopy__(self, _: dict[int, Any]) -> Phrase:
        return self


class PhraseImporter(RasaFileImporter):
    """Rasa's importer of files, with a reader of its own for the training phrases."""

    @cached_method
    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """The training phrases of all files."""
        return TrainingData([phrase for file in sorted(self._nlu_files) for phrase in read_phrases(file)])


def read_phrases(file: str) -> Iterator[Phrase]:
    """The phrases of a file, in order.

    Raises:
        ValueError: if a block holds anything but the phrases of an intent.
    """
    with open(file, encoding="utf-8") as text:
        content = yaml.load(text, LOADER)  # a safe loader, whichever it is
    for block in content["nlu"]:
        if not block.keys() <= {"intent", "examples", "metadata"} or not {"intent", "examples"} <= block.keys():
            raise ValueError(f"{file}: only an intent with its examples, and perhaps metadata, is read: {set(block)}.")
        about = {METADATA: {INTENT: block["metadata"]}} if "metadata" in block else {}
        for line in block["examples"].splitlines():
            text_of_line = line.strip().removeprefix("-").strip()
            if text_of_line:
                yield Phrase({TEXT: text_of_line, INTENT: block["intent"], **about})
