"""A record as a PDF: what the rules found and on which answers, and what was said. Made in memory."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from io import BytesIO
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepTogether, Paragraph, Spacer, Table, TableStyle

from actions.trial import FOLDER, read_yaml, trial
from actions.wording import Wording
from records.models import Line, Outcome, Record
from review.reading import Answer, Message, Reading, Rule, Settled, language_name, read_record, wording
from web.letters import printed
from web.paper import ACCENT, BODY, HEADING, INK, LINE, MARGIN, NOTICE, QUIET, RULE, SMALL, TITLE, pages

#: Colours that tell the outcomes apart; the words beside them say the same.
COLOURS = {
    Outcome.POSSIBLE_MATCH: HexColor("#1b6b3a"),
    Outcome.NOT_YET: HexColor("#7a5200"),
    Outcome.UNCLEAR: HexColor("#3d4f8a"),
    Outcome.NOT_A_MATCH: HexColor("#8f2d2d"),
}
PAPER = HexColor("#eef4f4")
#: The frame keeps so much free on each side.
PADDING = 6
WIDTH = A4[0] - 2 * MARGIN - 2 * PADDING

STATUS = ParagraphStyle("status", SMALL, fontName="Text-Bold", textColor=INK)
OUTCOME = ParagraphStyle("big", BODY, fontName="Text-Bold", fontSize=13, leading=18, textColor=white)
# The border lies around the text: it keeps to the width of everything else.
BOXED = ParagraphStyle("boxed", NOTICE, leftIndent=8, rightIndent=8)
SAID = ParagraphStyle("said", BODY, fontSize=9.5, leading=13.5, spaceBefore=8)
SAID_BY_PERSON = ParagraphStyle("of the person", SAID, backColor=PAPER, borderPadding=(2, 6, 4, 6))
SETTLED = ParagraphStyle("settled", SMALL, spaceBefore=5)
#: Before what somebody said, in the same paragraph: so a long message can run on to the next page.
SPEAKER = '<font name="Text-Bold" size="8" color="#4c5f66">%s</font><br/>'


def pdf(record: Record, language: str) -> bytes:
    """The record as a PDF of A4 pages, in the words of a language; the transcript as it was said."""
    head = _Head(record, language)
    written = BytesIO()
    about = {"title": head.title, "subject": head.trial, "author": head.trial, "creator": "Trial Guide"}
    paper = pages(written, **about, lang=language)
    paper.build(_story(record, head, language), canvasmaker=partial(_NumberedCanvas, head=head))
    return written.getvalue()


class _Head:
    """What stands at the head and at the foot."""

    def __init__(self, record: Record, language: str) -> None:
        words = Wording(trial(), language)
        texts = read_yaml(FOLDER / language / "summary.yml")
        self.title = _("Pre-screening %(reference)s") % {"reference": record.reference}
        self.trial = words.fill(texts["trial"])
        self.notice = words.fill(texts["notice"])
        self.sources = words.fill(texts["sources"])
        self.headings = {name: words.fill(text) for name, text in texts["headings"].items()}
        self.no_answers = words.fill(texts["no_answers"])
        self.reference = record.reference


class _NumberedCanvas(Canvas):
    """Writes the foot of each page when it is known how many there are."""

    def __init__(self, *given: Any, head: _Head, **named: Any) -> None:
        super().__init__(*given, **named)
        self._head = head
        self._finished: list[dict[str, Any]] = []
        self.setViewerPreference("DisplayDocTitle", "true")

    def showPage(self) -> None:
        """Keeps the page, to be written at the end."""
        self._finished.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Writes every page with its foot."""
        for page in self._finished:
            self.__dict__.update(page)
            self._foot()
            super().showPage()
        super().save()

    def _foot(self) -> None:
        number = _("Page %(number)d of %(count)d") % {"number": self._pageNumber, "count": len(self._finished)}
        self.saveState()
        self.setFont("Text", 8)
        self.setFillColor(QUIET)
        self.drawString(MARGIN + PADDING, 11 * mm, f"{self._head.reference} · {self._head.trial}")
        self.drawRightString(A4[0] - MARGIN - PADDING, 11 * mm, number)
        self.restoreState()


class _Heading(Paragraph):
    """A heading that is in the list of contents of the reader's program as well."""

    def __init__(self, text: str) -> None:
        super().__init__(printed(text), HEADING)
        self._entry = text

    def draw(self) -> None:
        """Draws it, and marks the place."""
        mark = f"heading-{id(self)}"
        self.canv.bookmarkPage(mark)
        self.canv.addOutlineEntry(self._entry, mark, level=0)
        super().draw()


def _words(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(printed(text), style)


def _story(record: Record, head: _Head, language: str) -> list[Flowable]:
    lines = list(record.lines.all())
    reading = read_record(record, lines, language)
    story: list[Flowable] = [
        _words(head.title, TITLE),
        _words(f"{head.trial}.", SMALL),
        Spacer(0, 8),
        _about(record, language),
        Spacer(0, 18),
        _words(head.notice, BOXED),
        Spacer(0, 18),
        *_outcome(record, reading, language),
        *_to_check(reading),
        *_contact(record),
        _Heading(head.headings["answers"]),
        *_answers(reading, head),
    ]
    for group, rules in reading.groups.items():
        story += _group(head.headings.get(group, group), rules, language)
    story += [Spacer(0, 6), _words(head.sources, SMALL), *_transcript(reading)]
    return story


def _about(record: Record, language: str) -> Flowable:
    pairs = [
        (_("Shared"), _moment(record.shared_at, language)),
        (_("Judged for"), wording(language).day(record.on)),
        (_("Language"), language_name(record.language)),
        (_("State"), str(record.get_status_display())),
        (_("Assigned to"), record.assigned_to.get_username() if record.assigned_to else _("nobody")),
        (_("Version of the rules"), record.rules_version),
    ]
    return _pairs(pairs, SMALL, 0.3)


def _pairs(pairs: list[tuple[str, str]], style: ParagraphStyle, left: float) -> Table:
    rows = [[_words(name, style), _words(said, style)] for name, said in pairs]
    table = Table(rows, colWidths=[WIDTH * left, WIDTH * (1 - left)])
    looks = [
        ("LINEBELOW", (0, 0), (-1, -1), 0.5, LINE),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
    table.setStyle(TableStyle(looks))
    return table


def _outcome(record: Record, reading: Reading, language: str) -> list[Flowable]:
    """The outcome in a box, a sentence on it, and the day to look again."""
    colour = COLOURS.get(Outcome(record.outcome), ACCENT) if record.outcome in Outcome.values else ACCENT
    box = Table([[_words(str(record.get_outcome_display()), OUTCOME)]], colWidths=[WIDTH])
    box.setStyle(TableStyle([("BACKGROUND", (0, 0), (-1, -1), colour), ("LEFTPADDING", (0, 0), (-1, -1), 10)]))
    said: list[Flowable] = [box, Spacer(0, 6), _words(reading.outcome, BODY)]
    if record.recheck_on:
        day = wording(language).day(record.recheck_on)
        said.append(_words(_("Day to look again: %(day)s") % {"day": day}, RULE))
    return [KeepTogether(said)]


def _to_check(reading: Reading) -> list[Flowable]:
    """What the team still has to look at, by why."""
    lines: dict[str, list[str]] = {}
    for rule in reading.rules:
        if rule.to_check:
            lines.setdefault(_status(rule, reading.language), []).append(f"{rule.title} ({rule.id})")
    if not lines:
        return []
    told = [[_words(f"{why}:", STATUS), _words(", ".join(rules), BODY), Spacer(0, 4)] for why, rules in lines.items()]
    return [
        KeepTogether([_Heading(_("For the study team to check")), *told[0]]),
        *(KeepTogether(some) for some in told[1:]),
    ]


def _contact(record: Record) -> list[Flowable]:
    left = [(_("Name"), record.name), (_("Telephone"), record.phone), (_("E-mail"), record.email)]
    pairs = [(name, said) for name, said in left if said]
    shown = _pairs(pairs, BODY, 0.3) if pairs else _words(_("No name, telephone or e-mail was left."), BODY)
    return [KeepTogether([_Heading(_("How to reach the person")), shown])]


def _answers(reading: Reading, head: _Head) -> list[Flowable]:
    pairs = [(answer.name, _said(answer)) for answer in (*reading.answers, *reading.passed_over)]
    return [_pairs(pairs, BODY, 0.5)] if pairs else [_words(head.no_answers, BODY)]


def _said(answer: Answer) -> str:
    """An answer, or why there is none."""
    if answer.implied:
        return _("%(said)s, by another answer") % {"said": answer.said}
    if answer.said:
        return answer.said
    return _("left out: “%(why)s”") % {"why": answer.skipped} if answer.skipped else _("not asked")


def _status(rule: Rule, language: str) -> str:
    """What was found, and what could change it."""
    parts = [rule.status]
    if rule.clears_on:
        parts.append(_("would fit from %(day)s on") % {"day": wording(language).day(rule.clears_on)})
    if rule.reversible:
        parts.append(_("can be treated or measured again"))
    if rule.renew:
        parts.append(_("a newer date would change it: %(answers)s") % {"answers": ", ".join(rule.renew)})
    return "; ".join(parts)


def _group(heading: str, rules: tuple[Rule, ...], language: str) -> list[Flowable]:
    """A heading with its rules; a rule is never torn apart, and a heading never stands alone."""
    blocks = [_rule(rule, language) for rule in rules]
    blocks[0].insert(0, _Heading(heading))
    return [KeepTogether(block) for block in blocks]


def _rule(rule: Rule, language: str) -> list[Flowable]:
    block: list[Flowable] = [_words(f"{rule.title} ({rule.id})", RULE), _words(_status(rule, language), STATUS)]
    if rule.text:
        block.append(_words(rule.text, BODY))
    if rule.answers:
        answers = "; ".join(f"{answer.name}: {_said(answer)}" for answer in rule.answers)
        block.append(_words(_("Answers: %(answers)s") % {"answers": answers}, BODY))
    if rule.document:
        source = {"document": rule.document, "entry": rule.entry}
        block.append(_words(_("Source: %(document)s, %(entry)s") % source, SMALL))
    return block


def _transcript(reading: Reading) -> list[Flowable]:
    """What was said, with what each message settled."""
    story: list[Flowable] = [_Heading(_("The conversation"))]
    if not reading.messages:
        story.append(_words(_("No transcript is stored."), BODY))
    for message in reading.messages:
        story += _message(message, reading.language)
    return story


def _message(message: Message, language: str) -> list[Flowable]:
    line = message.line
    style = SAID_BY_PERSON if line.speaker == Line.Speaker.PERSON else SAID
    speaker = printed(f"{line.get_speaker_display()} · {_moment(line.said_at, language)}")
    said = Paragraph(SPEAKER % speaker + printed(line.text), style)
    return [said, *(_words(_settled(settled), SETTLED) for settled in message.settled)]


def _settled(settled: Settled) -> str:
    """What a message settled, and which rules look at it."""
    name = {"name": settled.answer.name}
    if settled.later:
        return _("Put right later: %(name)s") % name
    if settled.answer.skipped:
        return _("Left out: %(name)s") % name
    if not settled.rules:
        return _("Settled: %(name)s") % name
    return _("Settled: %(name)s (%(rules)s)") % {**name, "rules": ", ".join(settled.rules)}


def _moment(at: datetime, language: str) -> str:
    local = timezone.localtime(at)
    return f"{wording(language).day(local.date())}, {local:%H:%M}"
