"""The command that writes records to a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from records.erasing import exports_folder
from records.models import Record
from records.reference import reference_in


class Command(BaseCommand):
    """Each record as PDF and as FHIR, and a list of them as CSV."""

    help = "Write records to a folder: each as PDF and as HL7 FHIR, and a list of them as CSV."

    def add_arguments(self, parser: CommandParser) -> None:
        """What is to be written, and where to."""
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--reference", action="append", metavar="REFERENCE", help="this record; may be given again")
        which.add_argument("--all", action="store_true", help="every record")
        parser.add_argument(
            "--to",
            type=Path,
            metavar="FOLDER",
            help="where to (default: exports in the data folder). Only from there are files erased with their record",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Writes them, and says how many files there are now."""
        # The console's texts and forms; what only stores records does without.
        from review.handover.folder import export

        usual = exports_folder()
        folder: Path = options["to"] or usual
        references = None if options["all"] else [_reference(text) for text in options["reference"]]
        try:
            files = export(references, folder)
        except Record.DoesNotExist:
            raise CommandError("There is no such record. It may have been erased; nothing was written.") from None
        except OSError as error:
            raise CommandError(f"{folder} cannot be written to: {error.strerror}.") from None
        self.stdout.write(f"{len(files)} files written to {folder}.")
        if usual.resolve() not in (folder.resolve(), *folder.resolve().parents):
            self.stderr.write(
                f"Files in {folder} are not erased with their record: please delete them when they are not needed."
            )


def _reference(text: str) -> str:
    reference = reference_in(text)
    if reference is None:
        raise CommandError("That does not look like a reference, such as RS-7KQ4-M2.")
    return reference
