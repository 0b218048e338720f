"""`manage.py export_records`: records as files."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from pypdf import PdfReader

# Before anything else of Django.
from tests.django_setup import FOLDER

from django.core.management import CommandError, call_command  # isort: skip
from fhir.resources.R4B.bundle import Bundle

from records.audit import Action
from records.erasing import erase_exports, exports_folder
from records.models import AuditEntry
from tests.console.samples import a_record

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def no_exports() -> Iterator[None]:
    """No files before, and none after."""
    assert exports_folder().parent == FOLDER
    yield
    for file in exports_folder().glob("*"):
        file.unlink()


def names(folder: Path) -> set[str]:
    """The names of the files in a folder."""
    return {file.name for file in folder.iterdir()}


def run(*arguments: str) -> tuple[str, str]:
    """What the command says, and what it warns of."""
    said, warned = StringIO(), StringIO()
    call_command("export_records", *arguments, stdout=said, stderr=warned)
    return said.getvalue(), warned.getvalue()


def test_one_record_is_three_files() -> None:
    """A record becomes a PDF, a FHIR Bundle and a line of CSV, each named by its reference, in the data folder."""
    record = a_record()
    a_record()
    said, warned = run("--reference", record.reference)
    assert names(exports_folder()) == {f"{record.reference}.{kind}" for kind in ("pdf", "json", "csv")}
    assert "3 files" in said
    assert not warned
    written = exports_folder() / record.reference
    assert PdfReader(written.with_suffix(".pdf")).metadata.title == f"Pre-screening {record.reference}"  # type: ignore[union-attr]
    assert Bundle.parse_file(written.with_suffix(".json")).identifier.value == record.reference
    assert record.reference in written.with_suffix(".csv").read_text("utf-8-sig")


def test_all_records_have_one_list() -> None:
    """With --all every record becomes a PDF and a Bundle, and one list names them all."""
    records = [a_record(), a_record("not_yet")]
    run("--all")
    expected = {f"{record.reference}.{kind}" for record in records for kind in ("pdf", "json")}
    assert names(exports_folder()) == {*expected, "prescreenings.csv"}
    listed = (exports_folder() / "prescreenings.csv").read_text("utf-8-sig")
    assert all(record.reference in listed for record in records)


def test_a_reference_is_read_as_people_write_it() -> None:
    """Small letters and missing hyphens do."""
    record = a_record()
    run("--reference", record.reference.lower().replace("-", ""))
    assert f"{record.reference}.pdf" in names(exports_folder())


def test_only_the_owner_may_read_the_files() -> None:
    """Files have the mode 0600, their folder 0700; also where an older file was replaced."""
    record = a_record()
    exports_folder().mkdir(exist_ok=True)
    old = exports_folder() / f"{record.reference}.pdf"
    old.write_text("old")
    old.chmod(0o644)
    run("--reference", record.reference)
    for file in exports_folder().iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert old.read_bytes().startswith(b"%PDF")


def test_a_new_folder_is_private(tmp_path: Path) -> None:
    """A folder that is made for them lets nobody else in."""
    a_record()
    run("--all", "--to", str(tmp_path / "new"))
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_files_elsewhere_are_warned_of(tmp_path: Path) -> None:
    """Of another folder the command says that nothing in it is erased with its record."""
    record = a_record()
    _, warned = run("--reference", record.reference, "--to", str(tmp_path))
    assert f"{record.reference}.json" in names(tmp_path)
    assert "not erased with their record" in warned


def test_erasing_finds_every_file() -> None:
    """What was written of a record is gone when its exports are erased, the list that names it too; others stay."""
    record, other = a_record(), a_record()
    run("--all")
    run("--reference", record.reference)
    erase_exports(record.reference)
    assert names(exports_folder()) == {f"{other.reference}.pdf", f"{other.reference}.json"}


def test_each_record_is_noted() -> None:
    """The trail says that the system wrote each of them to a folder."""
    records = [a_record(), a_record()]
    run("--all")
    entries = AuditEntry.objects.filter(action=Action.EXPORT)
    assert {entry.subject for entry in entries} == {record.reference for record in records}
    assert {(entry.actor, entry.detail) for entry in entries} == {("system", "folder")}


def test_a_record_that_is_not_there_is_told() -> None:
    """A reference that nobody has, or that is none, is refused with a word, and nothing is written or noted."""
    record = a_record()
    with pytest.raises(CommandError, match="There is no such record"):
        run("--reference", record.reference, "--reference", "RS-2222-22")
    with pytest.raises(CommandError, match="does not look like a reference"):
        run("--reference", "seven")
    with pytest.raises(CommandError, match="one of the arguments"):
        run()
    assert not list(exports_folder().glob("*"))
    assert not AuditEntry.objects.exists()


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    """Where a file stands in the way, the command says so."""
    a_record()
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="cannot be written to"):
        run("--all", "--to", str(tmp_path / "file"))


def test_answers_are_exact_in_the_file() -> None:
    """Numbers in the file stand as they were told."""
    record = a_record(but={"hemoglobin": {"value": "13.50", "unit": "g/dL"}})
    run("--reference", record.reference)
    text = (exports_folder() / f"{record.reference}.json").read_text(encoding="utf-8")
    assert '"value": 13.50,' in text
    json.loads(text)
