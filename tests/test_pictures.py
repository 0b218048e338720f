"""The pictures: they show the trial's numbers, and say in words all that they show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

import pytest

from actions.centres import towns
from actions.figures import MAP, MARKED, NoSuchPicture, figures
from actions.trial import trial
from web.pictures.drawing import DARK, INK, MARGIN, PAPER, STRIPES, WIDTH
from web.pictures.pictures import Picture, drawn

LANGUAGES = trial().languages
ALL = [(language, name) for language in LANGUAGES for name in figures(language).names]
SVG = "{http://www.w3.org/2000/svg}"


def number(path: str) -> float:
    """The number of a fact."""
    leaf: Any = trial().facts
    for key in path.split("."):
        leaf = leaf[key]
    return float(leaf["number"])


def facts_of(name: str) -> list[float]:
    """The numbers that a picture is about, in the order in which they are drawn."""
    shown = figures(trial().language).drawn[name]
    return [number(row[group]) for row in shown.get("rows", ()) for group in shown["groups"]]


def kinds(kind: str) -> list[str]:
    """The pictures of a kind."""
    return [name for name, shown in figures(trial().language).drawn.items() if shown["kind"] == kind]


def boxes(picture: Picture, *fills: str) -> list[Mapping[str, str]]:
    """The boxes of a picture that are filled so, but for the paper and the key."""
    found = [box.attrib for box in ElementTree.fromstring(picture.svg).iter(f"{SVG}rect")]
    return [box for box in found if box.get("fill") in fills and float(box.get("x", 0)) > 0 and box["height"] != "18"]


@pytest.mark.parametrize(("language", "name"), ALL)
def test_a_picture_stays_on_its_sheet_and_has_words(language: str, name: str) -> None:
    """Every picture is well-formed, has a title and a description, and nothing lies outside of it."""
    picture = drawn(language, name)
    svg = ElementTree.fromstring(picture.svg)
    assert svg.findtext(f"{SVG}title") == picture.title
    assert svg.findtext(f"{SVG}desc") == picture.alternative
    assert svg.get("lang") == language
    assert "{" not in picture.svg
    height = float(svg.attrib["height"])
    for words in svg.iter(f"{SVG}text"):
        assert MARGIN <= float(words.attrib["x"]) <= WIDTH - MARGIN / 2
        assert 0 < float(words.attrib["y"]) < height
        if words.attrib["text-anchor"] == "start":
            assert float(words.attrib["x"]) + len(words.text or "") * float(words.attrib["font-size"]) * 0.5 <= WIDTH


@pytest.mark.parametrize(("language", "name"), ALL)
def test_the_table_says_what_the_picture_shows(language: str, name: str) -> None:
    """Each row of the table has a cell for each heading, and every number is in the alternative too."""
    picture = drawn(language, name)
    assert picture.rows
    for row in picture.rows:
        assert len(row) == len(picture.head)
    for value in facts_of(name.partition(MARKED)[0]):
        assert f"{value:g}" in picture.alternative
        assert any(f"{value:g}" in cell for row in picture.rows for cell in row)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", kinds("shares"))
def test_a_number_stands_under_its_group(language: str, name: str) -> None:
    """Where each group has a column, its numbers stand below its name."""
    shown, picture = figures(language), drawn(language, name)
    for row, told in zip(shown.drawn[name]["rows"], picture.rows, strict=True):
        for group in shown.drawn[name]["groups"]:
            assert told[picture.head.index(shown.texts["groups"][group])].startswith(f"{number(row[group]):g} ")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", kinds("lengths") + kinds("hundred"))
def test_a_number_stands_beside_its_group(language: str, name: str) -> None:
    """Where each group has a row, its number stands beside its name."""
    shown, told = figures(language), dict(row[:2] for row in drawn(language, name).rows)
    (row,) = shown.drawn[name]["rows"]
    for group in shown.drawn[name]["groups"]:
        assert told[shown.texts["groups"][group]].split()[0] == f"{number(row[group]):g}"


@pytest.mark.parametrize(("language", "name"), ALL)
def test_a_picture_names_its_source(language: str, name: str) -> None:
    """The note ends with where the numbers come from."""
    shown = figures(language)
    for source in shown.drawn[name.partition(MARKED)[0]]["sources"]:
        assert shown.wording.fill(shown.texts["source"][source]) in drawn(language, name).note


@pytest.mark.parametrize("name", kinds("hundred"))
def test_as_many_squares_are_filled_as_people(name: str) -> None:
    """Of the two fields of 100 squares as many are filled as the two facts say, the rest empty."""
    picture = drawn(trial().language, name)
    assert len(boxes(picture, DARK)) == sum(facts_of(name))
    assert len(boxes(picture, PAPER)) == 200 - sum(facts_of(name))


@pytest.mark.parametrize("name", kinds("shares") + kinds("lengths"))
def test_bars_are_as_long_as_their_numbers(name: str) -> None:
    """The lengths of the bars are in the proportion of the facts."""
    bars = [float(box["width"]) for box in boxes(drawn(trial().language, name), DARK, STRIPES)]
    values = facts_of(name)
    assert len(bars) == len(values)
    for bar, value in zip(bars, values, strict=True):
        assert bar / bars[0] == pytest.approx(value / values[0])


@pytest.mark.parametrize("name", kinds(MAP))
def test_a_map_shows_every_town_with_a_centre(name: str) -> None:
    """Each town has its numbered dot, in its place: further north is higher, further east is more to the right."""
    svg = ElementTree.fromstring(drawn(trial().language, name).svg)
    dots = [(float(dot.attrib["cx"]), float(dot.attrib["cy"])) for dot in svg.iter(f"{SVG}circle")]
    listed = towns(trial())
    assert len(dots) == len(listed)
    by_height = sorted(range(len(dots)), key=lambda dot: dots[dot][1])
    assert by_height == sorted(range(len(dots)), key=lambda town: -listed[town].sites[0].latitude)
    by_width = sorted(range(len(dots)), key=lambda dot: dots[dot][0])
    assert by_width == sorted(range(len(dots)), key=lambda town: listed[town].sites[0].longitude)


@pytest.mark.parametrize("town", towns(trial()), ids=lambda town: town.sites[0].id)
def test_the_nearest_town_is_marked(town: Any) -> None:
    """A map with a town marked has one ring, around that town, and names it."""
    shown = figures(trial().language)
    figure = shown.of_topic("nearest_site", town)
    assert figure
    assert town.name(trial().language) in figure.alternative.rsplit(".", 2)[1]
    svg = ElementTree.fromstring(drawn(trial().language, figure.name).svg)
    circles = list(svg.iter(f"{SVG}circle"))
    (ring,) = [number for number, circle in enumerate(circles) if circle.attrib["stroke"] == INK]
    dots = [circle for circle in circles if circle.attrib["stroke"] != INK]
    place = [known.sites[0].id for known in shown.towns].index(town.sites[0].id)
    assert circles[ring].attrib["cx"] == dots[place].attrib["cx"]


def test_the_groups_differ_without_colour() -> None:
    """Where two groups stand in one chart, one is filled and the other is striped."""
    for name in kinds("shares") + kinds("lengths"):
        picture = drawn(trial().language, name)
        assert boxes(picture, DARK)
        assert boxes(picture, STRIPES)


def test_an_unknown_picture_is_refused() -> None:
    """A name that is none draws nothing."""
    for name in ("nothing", "../facts", f"cancer_free{MARKED}milan", f"centres{MARKED}nowhere"):
        with pytest.raises(NoSuchPicture):
            drawn(trial().language, name)


def test_every_topic_with_a_picture_is_a_topic() -> None:
    """trial/pictures.yml names no topic that there is not."""
    for shown in figures(trial().language).drawn.values():
        for topic in shown["topics"]:
            assert trial().topics[topic].kind == "answer"
