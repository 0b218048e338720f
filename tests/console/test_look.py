"""The console looks like the patient's page."""

from __future__ import annotations

import re

from conversations.database import HOME

COLOURS = re.compile(r"^\s*(--[\w-]+):\s*([^;]+);", re.MULTILINE)


def test_the_console_has_the_colours_of_the_patients_page() -> None:
    """Both style sheets name the same colours, by day and by night."""
    page, console = (
        [(name, value.strip()) for name, value in COLOURS.findall((HOME / path).read_text(encoding="utf-8"))]
        for path in ("web/static/page.css", "review/static/review/console.css")
    )
    assert len(page) > 20
    assert console == page


def test_nothing_is_told_by_a_style_sheet_of_another_house() -> None:
    """No font, picture or style sheet comes from elsewhere."""
    css = (HOME / "review/static/review/console.css").read_text(encoding="utf-8")
    assert not re.search(r"url\(|@import|https?:", css)
