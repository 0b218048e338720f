"""Draws the pictures of trial/pictures.yml, out of the numbers of trial/facts.yml, each with a table beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians
from pathlib import Path
from typing import Any

from actions.centres import Town
from actions.figures import MAP, MARKED, Figures, figures
from actions.trial import Trial, trial
from web.pictures.drawing import (
    DARK,
    INK,
    LAND,
    LINE,
    MARGIN,
    PAPER,
    QUIET,
    SMALL,
    STRIPES,
    TEXT,
    TITLE,
    WIDTH,
    Drawing,
)

OUTLINES = Path(__file__).resolve().parent / "outlines"
#: Heights in units of the drawing.
BAR, GAP = 24, 8
SQUARES_A_ROW = 10
SQUARES = SQUARES_A_ROW * SQUARES_A_ROW
MAP_HEIGHT = 400


@dataclass(frozen=True)
class Picture:
    """A picture with all that stands beside it.

    Attributes:
        name: in its address.
        title: what it is.
        alternative: says in words all that it shows.
        note: what must be known with it, and its source.
        svg: the picture.
        head, rows: the same as a table.
    """

    name: str
    title: str
    alternative: str
    note: str
    svg: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Pictures:
    """The pictures of one language."""

    def __init__(self, trial: Trial, figures: Figures) -> None:
        self._trial = trial
        self._figures = figures
        self._language = figures.language
        self._wording = figures.wording
        self._texts = figures.texts
        self._draw: dict[str, Callable[[Drawing, Mapping[str, Any], Mapping[str, Any]], None]] = {
            "shares": self._shares,
            "lengths": self._lengths,
            "hundred": self._hundred,
        }

    def picture(self, name: str) -> Picture:
        """A picture by its name.

        Raises:
            NoSuchPicture: if there is none of that name.
        """
        alternative = self._figures.figure(name).alternative
        plain = name.partition(MARKED)[0]
        drawn, texts = self._figures.drawn[plain], self._texts["pictures"][plain]
        title = self._wording.fill(texts["title"])
        source = " ".join(self._wording.fill(self._texts["source"][source]) for source in drawn["sources"])
        note = f"{self._wording.fill(texts['note'])} {source}"
        drawing = Drawing(title, alternative, self._language)
        drawing.paragraph(title, size=TITLE, bold=True)
        drawing.paragraph(self._wording.fill(texts["lead"]), fill=QUIET)
        if drawn["kind"] == MAP:
            self._map(drawing, drawn, texts, self._figures.marked(name))
        else:
            self._draw[drawn["kind"]](drawing, drawn, texts)
        drawing.down += GAP
        drawing.paragraph(note, size=SMALL, fill=QUIET)
        return Picture(
            name, title, alternative, note, drawing.finished(), self._head(drawn, texts), self._table(drawn, texts)
        )

    def _fact(self, path: str) -> Mapping[str, Any]:
        leaf: Any = self._trial.facts
        for key in path.split("."):
            leaf = leaf[key]
        assert isinstance(leaf, Mapping)
        return leaf

    def _number(self, path: str) -> float:
        return float(self._fact(path)["number"])

    def _said(self, path: str) -> str:
        return self._wording.say(self._fact(path))

    def _table(self, drawn: Mapping[str, Any], texts: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
        if drawn["kind"] == MAP:
            return tuple((town.name(self._language), self._wording.listed(town.leads)) for town in self._figures.towns)
        rows = drawn["rows"]
        if drawn["kind"] == "shares":
            return tuple((self._at(row, texts), *(self._said(row[group]) for group in drawn["groups"])) for row in rows)
        if drawn["kind"] == "lengths":
            return tuple((self._group(group), self._said(rows[0][group])) for group in drawn["groups"])
        return tuple(
            (
                self._group(group),
                f"{self._number(rows[0][group]):g}",
                f"{SQUARES - self._number(rows[0][group]):g}",
            )
            for group in drawn["groups"]
        )

    def _head(self, drawn: Mapping[str, Any], texts: Mapping[str, Any]) -> tuple[str, ...]:
        """The headings of the table; where each group has a column, in the order in which the groups are drawn."""
        if drawn["kind"] == "shares":
            return (texts["head"], *map(self._group, drawn["groups"]))
        return tuple(texts["head"])

    def _group(self, group: str) -> str:
        return str(self._texts["groups"][group])

    def _at(self, row: Mapping[str, str], texts: Mapping[str, Any]) -> str:
        return str(texts["at"]).replace("{at}", self._said(row["at"]))

    def _key(self, drawing: Drawing, groups: list[str]) -> None:
        """Which pattern is which group."""
        drawing.down += GAP
        across = float(MARGIN)
        for group, fill in zip(groups, (DARK, STRIPES), strict=True):
            drawing.box(across, drawing.down, 18, 18, fill)
            drawing.text(self._group(group), across + 26, drawing.down + 14)
            across += (WIDTH - 2 * MARGIN) / 2
        drawing.down += 18 + GAP

    def _bar(self, drawing: Drawing, share: float, fill: str, words: str) -> None:
        """A bar with its number behind it."""
        longest = WIDTH - 2 * MARGIN - 56
        drawing.box(MARGIN, drawing.down, longest, BAR, PAPER, LINE)
        drawing.box(MARGIN, drawing.down, share * longest, BAR, fill)
        drawing.text(words, MARGIN + longest + 10, drawing.down + BAR - 6, bold=True)
        drawing.down += BAR + 6

    def _shares(self, drawing: Drawing, drawn: Mapping[str, Any], texts: Mapping[str, Any]) -> None:
        self._key(drawing, drawn["groups"])
        for row in drawn["rows"]:
            drawing.paragraph(self._at(row, texts), bold=True)
            drawing.down += 4
            for group, fill in zip(drawn["groups"], (DARK, STRIPES), strict=True):
                number = self._number(row[group])
                self._bar(drawing, number / SQUARES, fill, f"{number:g}")
            drawing.down += GAP

    def _lengths(self, drawing: Drawing, drawn: Mapping[str, Any], texts: Mapping[str, Any]) -> None:
        drawing.down += GAP
        row = drawn["rows"][0]
        longest = max(self._number(row[group]) for group in drawn["groups"])
        for group, fill in zip(drawn["groups"], (DARK, STRIPES), strict=True):
            drawing.down += TEXT
            drawing.text(self._group(group), MARGIN, drawing.down)
            drawing.text(self._said(row[group]), WIDTH - MARGIN, drawing.down, bold=True, anchor="end")
            drawing.down += 6
            drawing.box(MARGIN, drawing.down, self._number(row[group]) / longest * (WIDTH - 2 * MARGIN), BAR, fill)
            drawing.down += BAR + GAP * 2

    def _hundred(self, drawing: Drawing, drawn: Mapping[str, Any], texts: Mapping[str, Any]) -> None:
        drawing.down += GAP
        top, lowest = drawing.down, 0.0
        width = (WIDTH - 3 * MARGIN) / 2
        step = width / SQUARES_A_ROW
        for number, group in enumerate(drawn["groups"]):
            left = MARGIN + number * (width + MARGIN)
            count = self._number(drawn["rows"][0][group])
            drawing.text(self._group(group), left, top + TEXT)
            drawing.text(f"{count:g}", left + width, top + TEXT, bold=True, size=TITLE, anchor="end")
            for square in range(SQUARES):
                row, column = divmod(square, SQUARES_A_ROW)
                fill, edge = (DARK, DARK) if square < count else (PAPER, LINE)
                drawing.box(left + column * step + 1, top + 26 + row * step, step - 2.5, step - 2.5, fill, edge, 2)
            lowest = top + 26 + SQUARES_A_ROW * step
        drawing.down = lowest

    def _map(self, drawing: Drawing, drawn: Mapping[str, Any], texts: Mapping[str, Any], marked: Town | None) -> None:
        if marked:
            words = self._wording.fill(texts["nearest"], {"town": marked.name(self._language)})
            drawing.paragraph(words, bold=True)
        drawing.down += GAP
        land = _outline(drawn["outline"])
        place = _projection(land, WIDTH - 2 * MARGIN, MAP_HEIGHT, drawing.down)
        drawing.shape(([place(*point) for point in ring] for ring in land), LAND, LINE)
        for number, town in enumerate(self._figures.towns, 1):
            x, y = place(town.sites[0].longitude, town.sites[0].latitude)
            if town == marked:
                drawing.dot(x, y, 15, "none", INK, 3)
            drawing.dot(x, y, 9.5, DARK)
            drawing.text(f"{number}", x, y + 4.2, size=12, fill=PAPER, anchor="middle", bold=True)
        drawing.down += MAP_HEIGHT + GAP
        self._legend(drawing, self._figures.towns, marked)

    def _legend(self, drawing: Drawing, listed: list[Town], marked: Town | None) -> None:
        """The towns by their numbers, in two columns; the second is the wider one."""
        top, half = drawing.down, (len(listed) + 1) // 2
        for number, town in enumerate(listed):
            column, row = divmod(number, half)
            words = f"{number + 1}  {town.name(self._language)}"
            x = MARGIN + column * (WIDTH - 2 * MARGIN) * 0.4
            drawing.text(words, x, top + TEXT + row * 22, bold=town == marked)
        drawing.down = top + half * 22


@lru_cache(maxsize=64)
def drawn(language: str, name: str) -> Picture:
    """A picture, drawn once.

    Raises:
        NoSuchPicture: if there is none of that name.
    """
    return Pictures(trial(), figures(language)).picture(name)


@lru_cache(maxsize=4)
def _outline(name: str) -> list[list[tuple[float, float]]]:
    """The closed lines of a country: longitude and latitude in degrees (scripts/make_outline.py)."""
    rings: list[list[tuple[float, float]]] = json.loads((OUTLINES / f"{name}.json").read_text(encoding="utf-8"))
    return rings


def _projection(
    land: list[list[tuple[float, float]]], width: float, height: float, top: float
) -> Callable[[float, float], tuple[float, float]]:
    """From degrees to the sheet: plain, with the width of a degree as it is in the middle of the country."""
    longitudes = [x for ring in land for x, _ in ring]
    latitudes = [y for ring in land for _, y in ring]
    left, upper = min(longitudes), max(latitudes)
    narrow = cos(radians((upper + min(latitudes)) / 2))
    wide, tall = (max(longitudes) - left) * narrow, upper - min(latitudes)
    scale = min(width / wide, height / tall)
    inset = MARGIN + (width - wide * scale) / 2

    def place(longitude: float, latitude: float) -> tuple[float, float]:
        return inset + (longitude - left) * narrow * scale, top + (upper - latitude) * scale

    return place
