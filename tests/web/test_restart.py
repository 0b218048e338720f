"""After a new start of the server, a person who comes back finds everything as they left it."""

from __future__ import annotations

from pathlib import Path

from scripts.processes import free_port
from scripts.settings import Settings
from tests.conftest import running
from tests.web.conftest import Visitor, new_id

ORIGIN = "https://www.clinic.example"


def test_a_new_start_changes_nothing_for_a_person(tmp_path: Path) -> None:
    """With the same cookie the conversation is there, the open question is open, and nothing is said twice."""
    settings = Settings(free_port(), free_port(), tmp_path)
    visitor = Visitor(settings.page)
    with running(settings):
        visitor.press("/prescreen")
        visitor.say("72")
        last = {"id": new_id(), "text": "woman"}
        answered = visitor.send(last).json()
        before = visitor.conversation()
        assert before["state"]["question"]["number"] == 3
        assert "frame-ancestors 'none'" in visitor.get().headers["Content-Security-Policy"]
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
    with running(settings, TRIAL_GUIDE_EMBED_ORIGINS=ORIGIN, TRIAL_GUIDE_PROXY="1"):
        assert visitor.conversation() == before
        # The answer was lost on the way: the browser sends the same again.
        again = visitor.send(last).json()
        assert again["messages"] == answered["messages"]
        assert visitor.conversation() == before
        assert visitor.say("yes")["state"]["question"]["number"] == 4
        policy = visitor.get("?embedded=1").headers["Content-Security-Policy"]
        assert policy.endswith(f"frame-ancestors 'self' {ORIGIN}")
