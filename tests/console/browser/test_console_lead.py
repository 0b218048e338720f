"""A lead's work: assigning, taking records out of the console, deleting, and looking at who did what."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.console.browser.working import Colleague, Served
from tests.web.browser.browsing import Console

RECORDS = (
    {"outcome": "possible_match", "days_ago": 3, "name": '=HYPERLINK("http://x.example","Maria")'},
    {"outcome": "not_yet", "days_ago": 1},
    {"outcome": "not_a_match", "days_ago": 2},
)
POSSIBLE, NOT_YET, NO_MATCH = range(3)


@pytest.fixture
def luca(opens: Callable[..., Colleague]) -> Colleague:
    """A lead who has just logged in."""
    return opens("luca")


def taken(somebody: Colleague, link: str) -> tuple[str, Path]:
    """The name of a file that a link brings, and where it is now."""
    with somebody.page.expect_download() as came:
        somebody.link(link).click()
    return came.value.suggested_filename, came.value.path()


def test_assign(clinic: Served, luca: Colleague, opens: Callable[..., Colleague]) -> None:
    """A record given to somebody is among theirs; only those who may read records can be given one."""
    luca.open(clinic.seed.path(NOT_YET))
    field = luca.page.get_by_label("Assigned to")
    assert field.locator("option").all_inner_texts() == ["Nobody", "carla", "luca"]
    field.select_option("carla")
    luca.press("Save the assignment")
    expect(luca.told).to_contain_text("The record is now assigned to carla")
    carla = opens("carla", "?assigned=me")
    assert carla.references == [clinic.seed.reference(NOT_YET)]


def test_csv(clinic: Served, luca: Colleague) -> None:
    """The list as it is filtered arrives as a table that no spreadsheet takes for formulas, named without anybody."""
    luca.open("?outcome=possible_match")
    name, path = taken(luca, "This list as CSV")
    assert name.startswith("prescreenings-")
    assert name.endswith(".csv")
    text = path.read_text(encoding="utf-8-sig")
    rows = list(csv.reader(text.splitlines()))
    assert len(rows) == 2
    assert clinic.seed.reference(POSSIBLE) in rows[1]
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_pdf(clinic: Served, luca: Colleague) -> None:
    """The paper of a record has its reference, its outcome, and that it is no decision."""
    luca.open(clinic.seed.path(POSSIBLE))
    name, path = taken(luca, "PDF")
    assert name == f"{clinic.seed.reference(POSSIBLE)}.pdf"
    paper = " ".join(" ".join(page.extract_text() for page in PdfReader(path).pages).split())
    for said in (clinic.seed.reference(POSSIBLE), "Possible match", "This is not a decision"):
        assert said in paper


def test_fhir(clinic: Served, luca: Colleague) -> None:
    """The bundle of form and answers arrives as a file, and FHIR R4B takes it."""
    luca.open(clinic.seed.path(POSSIBLE))
    _, path = taken(luca, "FHIR")
    bundle: Any = json.loads(path.read_text())
    kinds = [entry["resource"]["resourceType"] for entry in bundle["entry"]]
    assert kinds[:2] == ["Questionnaire", "QuestionnaireResponse"]
    assert clinic.seed.reference(POSSIBLE) in json.dumps(bundle)
    Bundle.parse_obj(bundle)


def test_delete(clinic: Served, luca: Colleague, console: Console) -> None:
    """Deleted is only what the typed reference names: record, notes and transcript are gone, from the pages as well."""
    reference, path = clinic.seed.reference(NO_MATCH), clinic.seed.path(NO_MATCH)
    luca.open(path)
    luca.follow("Delete")
    field = luca.page.get_by_label("To be sure")
    field.fill(clinic.seed.reference(POSSIBLE))
    console.expect("422")
    luca.press("Delete for good")
    expect(luca.wrong).to_contain_text(f"That is not {reference}. Nothing was deleted.")
    assert clinic.ask("SELECT count(*) FROM records_record") == [(3,)]
    field.fill(reference.lower())
    luca.press("Delete for good")
    expect(luca.told).to_contain_text(f"{reference} is deleted, with its conversation")
    assert reference not in luca.references
    key = clinic.seed.records[NO_MATCH]["id"].replace("-", "")
    for table in ("records_record WHERE id", "records_line WHERE record_id", "records_note WHERE record_id"):
        assert clinic.ask(f"SELECT count(*) FROM {table} = ?", key) == [(0,)]
    console.expect("404")
    assert luca.open(path) == 404
    assert luca.title == "There is no such page"


def test_audit_shows_it_all(clinic: Served, luca: Colleague) -> None:
    """Whatever was done to a record stands in the trail with who did it, and with nothing of the person."""
    reference = clinic.seed.reference(POSSIBLE)
    luca.open(clinic.seed.path(POSSIBLE))
    taken(luca, "PDF")
    luca.page.get_by_label("State", exact=True).select_option("Referred")
    luca.press("Save the state")
    luca.page.get_by_label("New note").fill("Spoken with Maria.")
    luca.press("Save the note")
    luca.press("Who saw it")
    assert luca.title == "Audit"
    assert reference not in luca.page.url
    done = [tuple(row.locator("td").all_inner_texts()[1:5]) for row in luca.rows.all()]
    assert ("person", "Shared", reference, "") in done
    for action, detail in (
        ("Read", ""),
        ("Noted", ""),
        ("Changed the state", "new → referred"),
        ("Exported", "pdf"),
    ):
        assert ("luca", action, reference, detail) in done, done
    assert "Maria" not in luca.text
    luca.open("audit/?action=delete")
    assert "Maria" not in luca.text


def test_a_program_by_a_token(clinic: Served, luca: Colleague, new_context: Callable[..., Any]) -> None:
    """A token, shown once, opens the REST interface to a program that is not logged in; revoked, it does not."""
    luca.page.locator(".menu summary").click()
    luca.follow("Access for programs")
    luca.press("Make a token")
    token = luca.page.locator(".notice code").inner_text()
    program = new_context(extra_http_headers={"Authorization": f"Token {token}"}).request
    address = f"{clinic.address}hand-over/api/prescreenings/{clinic.seed.records[POSSIBLE]['id']}/"
    assert program.get(address).json()["resourceType"] == "Bundle"
    luca.open("account/tokens/")
    assert token not in luca.text
    luca.page.locator("tbody button").first.click()
    expect(luca.page.locator("main")).to_contain_text("You have no token")
    assert program.get(address).status == 401
