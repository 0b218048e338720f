"""The summary of a pre-screening as a PDF. It is made in memory, for the person who asks, and stored nowhere."""

from __future__ import annotations

from functools import partial
from io import BytesIO

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from actions.interview.summary import RuleGroup, Summary
from web.letters import fonts, printed

INK, QUIET, LINE, ACCENT = HexColor("#16262b"), HexColor("#4c5f66"), HexColor("#9db0b6"), HexColor("#0b5d5a")
MARGIN = 20 * mm

BODY = ParagraphStyle("body", fontName="Text", fontSize=10.5, leading=15, textColor=INK)
SMALL = ParagraphStyle("small", BODY, fontSize=9, leading=12.5, textColor=QUIET)
TITLE = ParagraphStyle("title", BODY, fontName="Text-Bold", fontSize=20, leading=26)
HEADING = ParagraphStyle(
    "heading", BODY, fontName="Text-Bold", fontSize=13.5, leading=18, spaceBefore=12, spaceAfter=4, textColor=ACCENT
)
RULE = ParagraphStyle("rule", BODY, fontName="Text-Bold", spaceBefore=5)
NOTICE = ParagraphStyle("notice", BODY, borderColor=ACCENT, borderWidth=1, borderPadding=8, borderRadius=4)


def pdf(summary: Summary) -> bytes:
    """The summary as a PDF of A4 pages."""
    written = BytesIO()
    paper = pages(written, title=summary.title, subject=summary.trial, lang=summary.language)
    foot = partial(_foot, summary=summary)
    paper.build(_story(summary), onFirstPage=foot, onLaterPages=foot)
    return written.getvalue()


def pages(written: BytesIO, **about: str) -> SimpleDocTemplate:
    """Empty A4 pages with the margins of all our papers, and what readers of PDF show about them."""
    fonts()
    margins = dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), MARGIN)
    return SimpleDocTemplate(written, pagesize=A4, **margins, **about)


def _story(summary: Summary) -> list[Flowable]:
    headings = summary.headings
    story: list[Flowable] = [
        _words(summary.title, TITLE),
        _words(f"{summary.trial}. {summary.made}.", SMALL),
        Spacer(0, 12),
        _words(summary.notice, NOTICE),
        Spacer(0, 8),
        _words(headings["outcome"], HEADING),
        _words(summary.outcome, BODY),
        _words(headings["answers"], HEADING),
        _answers(summary),
    ]
    for group in summary.groups:
        story += _group(group)
    asked = [_words(f"• {question}", BODY) for question in summary.ask]
    story.append(KeepTogether([_words(headings["ask"], HEADING), *asked]))
    story.append(KeepTogether([_words(headings["sources"], HEADING), _words(summary.sources, SMALL)]))
    story += [Spacer(0, 8), _words(summary.not_kept, SMALL)]
    return story


def _words(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(printed(text), style)


def _answers(summary: Summary) -> Flowable:
    rows = [[_words(name, BODY), _words(answer, BODY)] for name, answer in summary.answers]
    if not rows:
        return _words(summary.no_answers, BODY)
    width = A4[0] - 2 * MARGIN - 12  # the frame keeps 6 points on each side free
    table = Table(rows, colWidths=[width * 0.55, width * 0.45])
    looks = [("LINEBELOW", (0, 0), (-1, -1), 0.5, LINE), ("LEFTPADDING", (0, 0), (-1, -1), 0)]
    table.setStyle(TableStyle([*looks, ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return table


def _group(group: RuleGroup) -> list[Flowable]:
    """A heading with its rules; a rule is never torn apart, and a heading never stands alone."""
    blocks = [
        [
            _words(f"{rule.title} ({rule.id})", RULE),
            _words(rule.text, BODY),
            *([_words(rule.note, BODY)] if rule.note else []),
        ]
        for rule in group.rules
    ]
    blocks[0].insert(0, _words(group.heading, HEADING))
    return [KeepTogether(block) for block in blocks]


def _foot(canvas: Canvas, paper: SimpleDocTemplate, summary: Summary) -> None:
    canvas.saveState()
    canvas.setFont("Text", 8)
    canvas.setFillColor(QUIET)
    canvas.drawString(MARGIN, 11 * mm, summary.trial)
    canvas.drawRightString(A4[0] - MARGIN, 11 * mm, summary.page.replace("{number}", str(paper.page)))
    canvas.restoreState()
