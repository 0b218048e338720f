"""Records as files in a folder: each as PDF and FHIR, and a list of them as CSV."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from django.utils import timezone

from actions.trial import trial
from records.audit import SYSTEM, writing
from records.models import Record
from review.handover.access import note_export
from review.handover.exact_json import written
from review.handover.paper import pdf
from review.handover.responses import bundle
from review.handover.table import table

FOLDER = "folder"
ALL = "prescreenings"


def export(references: Sequence[str] | None, folder: Path) -> list[Path]:
    """Writes the records of these references, or all; gives the files that were written.

    Every file is named by the reference of its record, so that it is erased with it; so is a list that names it.

    Raises:
        Record.DoesNotExist: if there is none of a reference; nothing is written then.
    """
    # Whoever erases a record meanwhile waits, and then finds its files.
    with writing():
        found = Record.objects.select_related("assigned_to").prefetch_related("lines")
        records = list(found if references is None else found.filter(reference__in=references))
        if references is not None and len(records) < len(set(references)):
            raise Record.DoesNotExist
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        files = [file for record in records for file in _files(record, folder)]
        if references is None or len(records) > 1:
            files.append(_write(folder / f"{ALL}.csv", table(records).encode()))
        else:
            files += [_write(folder / f"{record.reference}.csv", table([record]).encode()) for record in records]
        note_export(SYSTEM, records, FOLDER)
    return files


def _files(record: Record, folder: Path) -> list[Path]:
    name = folder / record.reference
    fhir = written(bundle(record, timezone.now())).encode()
    return [
        _write(name.with_suffix(".pdf"), pdf(record, trial().spoken(record.language))),
        _write(name.with_suffix(".json"), fhir),
    ]


def _write(file: Path, content: bytes) -> Path:
    """Writes a file that only its owner may read: whole, or not at all."""
    # A draft that was left behind begins with the reference as well.
    draft = file.with_name(f"{file.name}.draft")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as output:
        output.write(content)
    return draft.replace(file)
