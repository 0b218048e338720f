"""Texts with their facts filled in: numbers with their units and dates, as the language writes them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal

from actions.trial import Trial, TrialDataError

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


class Wording:
    """Fills the placeholders of texts in one language.

    ``{dose.single}`` is a fact of trial/facts.yml with its unit, ``{dose.single.number}`` its number alone; in
    the text of an entry rule ``{at_least}`` is a value of that rule. What comes from the question itself
    (a town, a distance) is given along.
    """

    def __init__(self, trial: Trial, language: str) -> None:
        self._facts = trial.facts
        self._units = trial.texts[language].units
        self._locale = Locale.parse(trial.texts[language].phrases["locale"])

    def fill(self, text: str, given: Mapping[str, str] | None = None, criterion: str | None = None) -> str:
        """The text with every placeholder filled.

        Raises:
            TrialDataError: if a placeholder names no fact.
        """

        def value(found: re.Match[str]) -> str:
            path = found[1]
            if given and path in given:
                return given[path]
            return self.say(self._leaf(path, criterion))

        return _PLACEHOLDER.sub(value, text).strip()

    def say(self, leaf: Any) -> str:
        """A fact in words: “5 mg”, “May 2020”, a name as it is."""
        if not isinstance(leaf, Mapping):
            return format_decimal(Decimal(str(leaf)), locale=self._locale) if _is_number(leaf) else str(leaf)
        if "text" in leaf:
            return str(leaf["text"])
        if "date" in leaf:
            return self.day(str(leaf["date"]))
        return self.quantity(Decimal(str(leaf["number"])), leaf["unit"])

    def quantity(self, number: Decimal, unit: str) -> str:
        """A number with its unit: “5 months”."""
        forms = self._units[unit]
        form = "one" if self._locale.plural_form(number) == "one" else "other"
        places = max(0, -int(number.as_tuple().exponent))
        written = format_decimal(number, format="#,##0." + "0" * places if places else "#,##0", locale=self._locale)
        return forms[form].replace("{n}", written)

    def day(self, written: str) -> str:
        """A day, month or year, given as 2012, 2012-11 or 2012-11-20."""
        parts = [int(part) for part in written.split("-")]
        if len(parts) == 1:
            return written
        if len(parts) == 2:
            return str(format_skeleton("yMMMM", date(parts[0], parts[1], 1), locale=self._locale))
        return str(format_date(date(*parts), format="long", locale=self._locale))

    def listed(self, words: list[str]) -> str:
        """Words in a row: “a, b and c”."""
        return str(format_list(words, locale=self._locale)).replace(", and ", " and ")

    def _leaf(self, path: str, criterion: str | None) -> Any:
        own = self._facts["criteria"].get(criterion, {}) if criterion else {}
        for root in (own, self._facts, self._facts["criteria"]):
            leaf: Any = root
            for key in path.split("."):
                leaf = leaf.get(key) if isinstance(leaf, Mapping) else None
            if leaf is not None:
                return leaf
        raise TrialDataError(f"A text names {{{path}}}, which is no fact.")


def placeholders(text: str) -> list[str]:
    """The placeholders that a text names."""
    return _PLACEHOLDER.findall(text)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) or (
        isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)?", value) is not None
    )
