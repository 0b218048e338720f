"""What is stored of a pre-screening that somebody agreed to share, and who did what with it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

LONGEST_NOTE = 4000


class Status(models.TextChoices):
    """How far the clinic has come with a record."""

    NEW = "new", _("New")
    IN_REVIEW = "in_review", _("In review")
    CALLED = "called", _("Called")
    REFERRED = "referred", _("Referred")
    CLOSED = "closed", _("Closed")


class Outcome(models.TextChoices):
    """What the rules found; not a decision."""

    POSSIBLE_MATCH = "possible_match", _("Possible match")
    NOT_YET = "not_yet", _("Not yet")
    UNCLEAR = "unclear", _("Unclear")
    NOT_A_MATCH = "not_a_match", _("Not a match")


class Record(models.Model):
    """A pre-screening, as it stood when the person agreed to share it. Answers and verdict never change.

    Attributes:
        id: in addresses; tells nothing.
        reference: what the person was given, such as RS-7KQ4-M2.
        conversation: Rasa's sender id, to erase the conversation with the record.
        begun_at: when the pre-screening began; with the conversation, which one it was.
        on: the day for which the rules were judged.
        state: actions.interview.state.State.as_dict(): answers, what was skipped, rough dates, the order.
        verdict: Verdict.as_dict().
        rules_version: which rules judged (actions.prescreen).
        recheck_on: the day on which every waiting time is over; only where the outcome is not_yet.
        name, phone, email: what the person added, if anything.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(_("reference"), max_length=20, unique=True)
    conversation = models.CharField(max_length=255, db_index=True)
    begun_at = models.DateTimeField(_("begun"))
    shared_at = models.DateTimeField(_("shared"), db_index=True)
    on = models.DateField(_("judged for"))
    language = models.CharField(_("language"), max_length=8)
    state = models.JSONField(_("answers"))
    verdict = models.JSONField(_("verdict"))
    rules_version = models.CharField(_("version of the rules"), max_length=64)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome.choices)
    recheck_on = models.DateField(_("recheck on"), null=True, blank=True)
    name = models.CharField(_("name"), max_length=100, blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    status = models.CharField(_("state"), max_length=20, choices=Status.choices, default=Status.NEW)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("assigned to"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="records",
    )

    class Meta:
        """One record for each pre-screening, however often somebody says yes."""

        ordering: ClassVar = ["-shared_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "begun_at"], name="one_record_a_prescreening"),
            models.CheckConstraint(condition=models.Q(outcome__in=Outcome.values), name="known_outcome"),
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="known_state"),
        ]
        permissions: ClassVar = [("assign_record", "Can assign records"), ("export_record", "Can export records")]

    def __str__(self) -> str:
        return self.reference


class Line(models.Model):
    """One message of the transcript.

    Attributes:
        place: from 0, in the order in which it was said.
        speaker: person or guide.
        answers: the answer keys that this message settled or put right (of the person's messages only).
    """

    class Speaker(models.TextChoices):
        """Who said it."""

        PERSON = "person", _("Person")
        GUIDE = "guide", _("Assistant")

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="lines")
    place = models.PositiveIntegerField()
    speaker = models.CharField(max_length=10, choices=Speaker.choices)
    text = models.TextField()
    said_at = models.DateTimeField()
    answers = models.JSONField(default=list, blank=True)

    class Meta:
        """In the order in which it was said."""

        ordering: ClassVar = ["place"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["record", "place"], name="one_line_a_place"),
            models.CheckConstraint(condition=models.Q(speaker__in=["person", "guide"]), name="known_speaker"),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.place}"


class Note(models.Model):
    """What somebody at the clinic wrote down about a record."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notes")
    text = models.TextField(_("note"), max_length=LONGEST_NOTE)
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """The newest last, as one reads."""

        ordering: ClassVar = ["written_at"]

    def __str__(self) -> str:
        return f"{self.record_id} {self.written_at:%Y-%m-%d %H:%M}"


class AuditEntry(models.Model):
    """Something that was done. Only added to, never changed; each entry seals the one before it (records/audit.py).

    Attributes:
        actor: a username, “person” for the one whose data it is, “system”.
        action: one of records.audit.Action.
        subject: the reference of a record, or a username; never health data.
        detail: a few fixed words, such as the new state; never health data.
        seal: the keyed hash of this entry and of the seal before it.
    """

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    action = models.CharField(max_length=40)
    subject = models.CharField(max_length=150, blank=True)
    detail = models.CharField(max_length=200, blank=True)
    seal = models.CharField(max_length=64)

    class Meta:
        """In the order in which it was done."""

        ordering: ClassVar = ["number"]
        default_permissions = ("view",)
        indexes: ClassVar = [models.Index(fields=["subject"], name="audit_by_subject")]

    def __str__(self) -> str:
        return f"{self.number} {self.action}"


class Count(models.Model):
    """How often something happened on a day: numbers only, nothing that anybody said.

    Attributes:
        what: one of records.counting.What.
        key: what it was of: an outcome, the key of a question, a topic; empty where there is nothing to tell apart.
    """

    day = models.DateField()
    what = models.CharField(max_length=20)
    key = models.CharField(max_length=60, blank=True)
    number = models.PositiveIntegerField(default=0)

    class Meta:
        """One row a day and thing."""

        default_permissions = ("view",)
        constraints: ClassVar = [models.UniqueConstraint(fields=["day", "what", "key"], name="one_count_a_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.what} {self.key}: {self.number}"
