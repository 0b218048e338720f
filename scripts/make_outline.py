"""Makes the outline of a country for the map of the centres: web/pictures/outlines/<name>.json.

It is made once and committed; this tells how. The input is a TopoJSON of the world's countries, such as
`countries-50m.json` of the npm package world-atlas 2 (ISC licence), made from the public-domain data of Natural Earth:

    npm pack world-atlas@2 && tar xzf world-atlas-*.tgz     # in this folder
    python -m scripts.make_outline package/countries-50m.json 380 italy
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from scripts.settings import HOME, run_command

FOLDER = HOME / "web" / "pictures" / "outlines"
#: Places after the decimal point of a degree: about 1 km, finer than the picture can show.
PLACES = 2
#: Rings of fewer points are rocks in the sea that would only be dots on a telephone.
LEAST_POINTS = 4

Ring = list[tuple[float, float]]


def rings(atlas: dict[str, Any], country: str) -> list[Ring]:
    """The closed lines of a country, as longitude and latitude in degrees.

    Args:
        atlas: a TopoJSON with the object `countries`.
        country: the ISO 3166-1 number of the country, three digits.

    Raises:
        SystemExit: if the atlas has no such country.
    """
    shapes = [shape for shape in atlas["objects"]["countries"]["geometries"] if shape.get("id") == country]
    if not shapes:
        raise SystemExit(f"The atlas has no country {country}. Give its ISO 3166-1 number, such as 380.")
    lines = [_degrees(arc, atlas["transform"]) for arc in atlas["arcs"]]
    polygons = shapes[0]["arcs"] if shapes[0]["type"] == "MultiPolygon" else [shapes[0]["arcs"]]
    return [_joined(ring, lines) for polygon in polygons for ring in polygon]


def _degrees(arc: list[list[int]], transform: dict[str, list[float]]) -> Ring:
    """An arc, whose points are given as steps from one to the next."""
    (scale_x, scale_y), (left, bottom) = transform["scale"], transform["translate"]
    x = y = 0
    line = []
    for step_x, step_y in arc:
        x, y = x + step_x, y + step_y
        line.append((round(x * scale_x + left, PLACES), round(y * scale_y + bottom, PLACES)))
    return line


def _joined(ring: list[int], lines: list[Ring]) -> Ring:
    """A ring out of arcs; a number below zero is an arc taken backwards."""
    points: Ring = []
    for number in ring:
        line = lines[number] if number >= 0 else lines[~number][::-1]
        points.extend(point for point in line if not points or point != points[-1])
    return points


def main() -> int:
    """Writes the outline."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.make_outline", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("atlas", type=Path, help="TopoJSON of the world's countries")
    parser.add_argument("country", help="ISO 3166-1 number of the country, such as 380")
    parser.add_argument("name", help="name of the outline, such as italy")
    asked = parser.parse_args()
    found = rings(json.loads(asked.atlas.read_text(encoding="utf-8")), asked.country)
    kept = [ring for ring in found if len(ring) >= LEAST_POINTS]
    file = FOLDER / f"{asked.name}.json"
    lines = ",\n".join(json.dumps(ring, separators=(",", ":")) for ring in kept)
    file.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{file.relative_to(HOME)}: {len(kept)} lines, {sum(map(len, kept))} points")
    return 0


if __name__ == "__main__":
    run_command(main)
