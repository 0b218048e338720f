"""Text of any kind as reportlab prints it: nothing in it is markup, and every letter is seen."""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from xml.sax.saxutils import escape

import reportlab
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

#: Come with reportlab, and are put into the file.
FONTS = {"Text": "Vera.ttf", "Text-Bold": "VeraBd.ttf"}
#: The usual font, and one of the same make with many more letters, which comes with matplotlib.
USUAL, MORE = "Text", "More"
_MORE_FILE = Path("mpl-data", "fonts", "ttf", "DejaVuSans.ttf")
_LINE_BREAK = "<br/>"


@cache
def fonts() -> tuple[frozenset[int], frozenset[int]]:
    """Makes the fonts known; the characters that the usual one has, and those that the other one has."""
    folder = Path(reportlab.__file__).parent / "fonts"
    for name, file in FONTS.items():
        if name not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(name, str(folder / file)))
    spec = find_spec("matplotlib")
    places = [Path(place) / _MORE_FILE for place in (spec.submodule_search_locations if spec else None) or ()]
    found = next((place for place in places if place.is_file()), None)
    if found:
        pdfmetrics.registerFont(TTFont(MORE, str(found)))
    return _characters(USUAL), _characters(MORE) if found else frozenset()


def _characters(font: str) -> frozenset[int]:
    return frozenset(pdfmetrics.getFont(font).face.charToGlyph)


def printed(text: str) -> str:
    """A text as reportlab takes it. What no font has, or what cannot be seen, is told by its number."""
    usual, more = fonts()
    parts: list[str] = []
    for character in unicodedata.normalize("NFC", text):
        if character == "\n":
            parts.append(_LINE_BREAK)
        elif character in "\t\r":
            parts.append(" ")
        elif _is_hidden(character):
            parts.append(_number(character))
        elif ord(character) in usual:
            parts.append(escape(character))
        elif ord(character) in more:
            parts.append(f'<font name="{MORE}">{escape(character)}</font>')
        else:
            parts.append(_number(character))
    return "".join(parts).replace(f'</font><font name="{MORE}">', "")


def _is_hidden(character: str) -> bool:
    """Controls and marks of direction: on paper they could make a text read as another one."""
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn") and character != "\u00ad"


def _number(character: str) -> str:
    return f"[U+{ord(character):04X}]"
