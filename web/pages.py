"""The pages, out of templates/ and the texts of trial/<language>/page.yml.

What every template gets:
    t          the texts, with every fact filled in; [number] and the like are left for the page to fill
    language   of the texts, as “en”
    static     static("chat.js"): the address of a file of static/, from the page's own address
    root       the way back to the page's own address: “” there, “../” one level down
page.html also:
    messages   the conversation so far, and ``state``, where it stands (web/state.py)
    message_id a fresh id for the form, or that of the message that could not be taken; ``draft``, its words
    embedded   whether only the chat is shown, in a frame;  token: whose conversation it is, then
    error      why the last form was not taken, or None
notice.html: heading, text, link (words), address
demo.html:   integrity (of static/embed.js)
The heads of the other templates say what they get.
Filters: moment, a time of a message as a person reads it, in the server's time zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_datetime
from jinja2 import Environment, FileSystemLoader

from actions.trial import FOLDER, read_yaml, trial
from actions.wording import Wording
from web.files import Files

TEMPLATES = Path(__file__).resolve().parent / "templates"
#: How times are written, in the words of Babel: “14:32” today, else “20 November, 14:32”.
CLOCK, MOMENT = "HH:mm", "d MMMM, HH:mm"


@lru_cache(maxsize=8)
def texts(language: str) -> Mapping[str, Any]:
    """The texts of the page in a language, filled."""
    words = Wording(trial(), language)

    def filled(entry: Any) -> Any:
        if isinstance(entry, Mapping):
            return {key: filled(part) for key, part in entry.items()}
        if isinstance(entry, list):
            return [filled(part) for part in entry]
        return words.fill(entry) if isinstance(entry, str) else entry

    page: Mapping[str, Any] = filled(read_yaml(FOLDER / language / "page.yml"))
    return page


class Pages:
    """Makes the pages."""

    def __init__(self, files: Files, templates: Path = TEMPLATES) -> None:
        self._files = files
        self._templates = {language: _environment(templates, language) for language in trial().languages}

    def render(self, name: str, language: str, root: str = "", **given: Any) -> str:
        """A page by its template's name."""
        template = self._templates[language].get_template(name)
        return template.render(t=texts(language), language=language, static=self._static, root=root, **given)

    def _static(self, name: str) -> str:
        return f"static/{self._files[name].address}"


def _environment(templates: Path, language: str) -> Environment:
    environment = Environment(loader=FileSystemLoader(templates), autoescape=True)
    locale = Locale.parse(trial().texts[language].phrases["locale"])

    def moment(time: str) -> str:
        here = datetime.fromisoformat(time.replace("Z", "+00:00")).astimezone()
        today = here.date() == datetime.now().date()
        return str(format_datetime(here, CLOCK if today else MOMENT, locale=locale))

    environment.filters["moment"] = moment
    return environment
