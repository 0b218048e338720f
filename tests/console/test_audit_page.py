"""The page of the audit trail: newest first, filtered, and looked at by leads alone."""

from __future__ import annotations

import pytest

from records.audit import append
from records.models import AuditEntry
from tests.django_setup import ClientOf, new_user


def test_the_newest_entry_stands_first(client_of: ClientOf) -> None:
    """The trail is read from its end: who, what, of what, and when."""
    append("person", "share", "RS-7KQ4-M2")
    append("rossi", "change_state", "RS-7KQ4-M2", "new → called")
    page = client_of("lead").get("/audit/").content.decode()
    assert page.index("new → called") < page.index('<td data-label="What">Shared</td>')
    assert '<td data-label="What">Changed the state</td>' in page


def test_the_trail_is_filtered_by_who_and_what(client_of: ClientOf) -> None:
    """One user's entries, or those of one kind, are shown alone."""
    new_user("coordinator", "rossi")
    for actor, action, subject in (
        ("rossi", "read", "RS-2222-22"),
        ("rossi", "note", "RS-3333-33"),
        ("person", "share", "RS-4444-44"),
    ):
        append(actor, action, subject)
    client = client_of("lead")
    shown = {
        query: [
            subject
            for subject in ("RS-2222-22", "RS-3333-33", "RS-4444-44")
            if subject in client.get(f"/audit/?{query}").content.decode()
        ]
        for query in ("actor=rossi", "action=share", "actor=rossi&action=note")
    }
    assert shown == {
        "actor=rossi": ["RS-2222-22", "RS-3333-33"],
        "action=share": ["RS-4444-44"],
        "actor=rossi&action=note": ["RS-3333-33"],
    }


def test_what_was_done_with_a_record_is_found_by_a_form(client_of: ClientOf) -> None:
    """A reference is asked for in a form, in whatever way it is written, and comes into no address."""
    append("rossi", "read", "RS-7KQ4-M2")
    append("rossi", "read", "RS-2222-22")
    client = client_of("lead")
    page = client.post("/audit/", {"subject": "rs7kq4m2"}).content.decode()
    table = page[page.index("<tbody>") :]
    assert "RS-7KQ4-M2" in table
    assert "RS-2222-22" not in table
    assert "RS-2222-22" in client.get("/audit/?subject=RS-7KQ4-M2").content.decode()


@pytest.mark.parametrize("query", ["actor=nobody-here", "action=fly", "page=x", "page=-4", "actor=%00", "actor='--"])
def test_nonsense_in_the_address_of_the_trail_is_left_aside(client_of: ClientOf, query: str) -> None:
    """A filter that there is not shows everything."""
    append("rossi", "read", "RS-7KQ4-M2")
    response = client_of("lead").get(f"/audit/?{query}")
    assert response.status_code == 200
    assert "RS-7KQ4-M2" in response.content.decode()


def test_a_long_trail_has_pages(client_of: ClientOf) -> None:
    """Older entries are on further pages, with the filter kept."""
    for _number in range(101):
        append("person", "share")
    client = client_of("lead")
    first = client.get("/audit/?actor=person").content.decode()
    assert 'rel="next" href="/audit/?actor=person&amp;page=2"' in first
    assert client.get("/audit/?actor=person&page=2").content.decode().count("<tr>") == 2


def test_looking_at_the_trail_is_in_the_trail(client_of: ClientOf) -> None:
    """Whoever looks at the trail leaves an entry; of what they typed only a reference or a username is in it."""
    client = client_of("lead")
    client.post("/audit/", {"subject": "Maria Verdi"})
    client.post("/audit/", {"subject": "RS-7KQ4-M2"})
    entries = AuditEntry.objects.filter(actor=client.user.username, action="list", detail="audit").order_by("number")
    assert [entry.subject for entry in entries] == ["", "RS-7KQ4-M2"]


def test_what_stands_in_the_trail_is_shown_as_text(client_of: ClientOf) -> None:
    """A script in an entry runs nowhere."""
    append("<script>alert(1)</script>", "login_failed", "<b>")
    assert "<script>alert" not in client_of("lead").get("/audit/").content.decode()
