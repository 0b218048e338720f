"""Drawing SVG: a sheet of paper with text, boxes and lines, readable on a telephone and in black and white."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree

#: Width of every picture, in its own units: a unit is a pixel on a narrow telephone.
WIDTH = 360
MARGIN = 16
#: Sizes of letters.
TITLE, TEXT, SMALL = 19, 15, 13

PAPER = "#ffffff"
INK = "#16262b"
QUIET = "#4c5f66"
LINE = "#9db0b6"
LAND = "#e6efec"
#: The groups differ in darkness and in pattern, so that they can be told apart without colour.
DARK = "#0b5d5a"
STRIPES = "url(#stripes)"
STRIPE = "#b3541e"
#: Only fonts that are there: nothing is fetched.
FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"


class Drawing:
    """A picture that grows downwards.

    Attributes:
        down: how far the picture has grown, in units.
    """

    def __init__(self, title: str, alternative: str, language: str) -> None:
        self._svg = ElementTree.Element(
            "svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img", "lang": language, "font-family": FONTS}
        )
        ElementTree.SubElement(self._svg, "title").text = title
        ElementTree.SubElement(self._svg, "desc").text = alternative
        self._defs = ElementTree.SubElement(self._svg, "defs")
        self._stripes()
        self._paper = self._add("rect", {"x": 0, "y": 0, "rx": 12, "fill": PAPER})
        self.down: float = MARGIN

    def text(
        self,
        words: str,
        x: float,
        y: float,
        *,
        size: int = TEXT,
        fill: str = INK,
        anchor: str = "start",
        bold: bool = False,
        halo: bool = False,
    ) -> None:
        """Words with their base line at y; a halo keeps them readable on lines."""
        looks: dict[str, str | float] = {"x": x, "y": y, "font-size": size, "fill": fill, "text-anchor": anchor}
        if bold:
            looks["font-weight"] = "700"
        if halo:
            looks |= {"stroke": PAPER, "stroke-width": 4, "stroke-linejoin": "round", "paint-order": "stroke"}
        self._add("text", looks).text = words

    def paragraph(self, words: str, *, size: int = TEXT, fill: str = INK, bold: bool = False) -> None:
        """Words over the whole width, in as many lines as they need, below all that is there."""
        for line in lines(words, WIDTH - 2 * MARGIN, size, bold):
            self.down += size * 1.05
            self.text(line, MARGIN, self.down, size=size, fill=fill, bold=bold)
            self.down += size * 0.3

    def box(
        self, x: float, y: float, width: float, height: float, fill: str, stroke: str = INK, corner: float = 2
    ) -> None:
        """A box with an outline."""
        self._add(
            "rect",
            {"x": x, "y": y, "width": width, "height": height, "rx": corner, "fill": fill, "stroke": stroke},
        )

    def dot(self, x: float, y: float, radius: float, fill: str, stroke: str = PAPER, width: float = 1.5) -> None:
        """A round mark."""
        self._add("circle", {"cx": x, "cy": y, "r": radius, "fill": fill, "stroke": stroke, "stroke-width": width})

    def shape(self, rings: Iterable[Iterable[tuple[float, float]]], fill: str, stroke: str) -> None:
        """Closed lines, filled; a ring within another is a hole."""
        path = " ".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring) + "Z" for ring in rings)
        self._add("path", {"d": path, "fill": fill, "stroke": stroke, "fill-rule": "evenodd"})

    def finished(self) -> str:
        """The picture as SVG."""
        height = round(self.down + MARGIN)
        self._svg.set("viewBox", f"0 0 {WIDTH} {height}")
        self._svg.set("width", str(WIDTH))
        self._svg.set("height", str(height))
        self._paper.set("width", str(WIDTH))
        self._paper.set("height", str(height))
        return ElementTree.tostring(self._svg, encoding="unicode")

    def _add(self, tag: str, looks: dict[str, str | float]) -> ElementTree.Element:
        return ElementTree.SubElement(self._svg, tag, {name: f"{value}" for name, value in looks.items()})

    def _stripes(self) -> None:
        pattern = ElementTree.SubElement(
            self._defs,
            "pattern",
            {"id": "stripes", "width": "6", "height": "6", "patternUnits": "userSpaceOnUse"},
        )
        pattern.set("patternTransform", "rotate(45)")
        ElementTree.SubElement(pattern, "rect", {"width": "6", "height": "6", "fill": PAPER})
        ElementTree.SubElement(pattern, "rect", {"width": "3", "height": "6", "fill": STRIPE})


def lines(words: str, width: float, size: int, bold: bool = False) -> list[str]:
    """Words broken into lines that fit, by a cautious guess at their width: the font is the reader's.

    Only at plain spaces: what a no-break space joins stays together.
    """
    letter = size * (0.58 if bold else 0.54)
    broken: list[str] = []
    for word in words.split(" "):
        if broken and (len(broken[-1]) + 1 + len(word)) * letter <= width:
            broken[-1] += f" {word}"
        else:
            broken.append(word)
    return broken
