"""Watch lists by version, screenings with what they found, and what was decided about it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bank.kernel import clock, ids
from bank.risk.rules import Decision, Outcome, Topic
from bank.risk.screening.names import Kind

TOPICS = [(Topic.SANCTIONS.value, _("Sanctions")), (Topic.PEP.value, _("Politically exposed persons"))]
KINDS = [
    (Kind.PERSON.value, _("Person")),
    (Kind.ORGANISATION.value, _("Organisation")),
    (Kind.VESSEL.value, _("Vessel or aircraft")),
]
OUTCOMES = [
    (Outcome.NOT_SCREENED.value, _("Not screened: no list in force")),
    (Outcome.CLEAR.value, _("Clear")),
    (Outcome.POSSIBLE.value, _("Possible match")),
    (Outcome.HIT.value, _("True match")),
]
DECISIONS = [
    (Decision.OPEN.value, _("To be decided")),
    (Decision.FALSE_ALARM.value, _("False alarm")),
    (Decision.TRUE_MATCH.value, _("True match")),
    (Decision.RELEASE_PROPOSED.value, _("Release proposed")),
    (Decision.RELEASED.value, _("Released")),
]


class WatchList(models.Model):
    """One version of a list, as it was loaded; of each source the newest is in force."""

    source = models.CharField(_("list"), max_length=40)
    topic = models.CharField(_("topic"), max_length=10, choices=TOPICS)
    sha256 = models.CharField(_("SHA-256 digest"), max_length=64)
    """Over all files of the version."""
    entries = models.PositiveIntegerField(_("entries"))
    added = models.PositiveIntegerField(_("new"))
    changed = models.PositiveIntegerField(_("changed"))
    removed = models.PositiveIntegerField(_("removed"))
    loaded_at = models.DateTimeField(_("loaded"), default=clock.now)
    is_current = models.BooleanField(_("in force"), default=True)

    class Meta:
        verbose_name = _("watch list")
        verbose_name_plural = _("watch lists")
        ordering: ClassVar = ["-loaded_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source"], condition=Q(is_current=True), name="watch_list_one_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.pk}"


class WatchEntry(models.Model):
    """What a list says of somebody, from the version that brought it to the one that took it away."""

    source = models.CharField(_("list"), max_length=40)
    topic = models.CharField(_("topic"), max_length=10, choices=TOPICS)
    key = models.CharField(_("number"), max_length=60)
    kind = models.CharField(_("kind"), max_length=12, choices=KINDS)
    name = models.CharField(_("name"), max_length=500)
    aliases = models.JSONField(_("other names"), default=list)
    births = models.JSONField(_("born"), default=list)
    countries = models.JSONField(_("countries"), default=list)
    programme = models.CharField(_("programme"), max_length=200, blank=True)
    remarks = models.TextField(_("remarks"), blank=True)
    digest = models.CharField(max_length=64)
    came_with = models.ForeignKey(
        WatchList, on_delete=models.PROTECT, related_name="+", verbose_name=_("came with")
    )
    left_with = models.ForeignKey(
        WatchList, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("left with")
    )

    class Meta:
        verbose_name = _("list entry")
        verbose_name_plural = _("list entries")
        ordering: ClassVar = ["source", "key"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "key"], condition=Q(left_with__isnull=True), name="watch_entry_one_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.key} {self.name}"


class Screening(models.Model):
    """One name held against the lists in force. Of each subject's name the latest counts."""

    id = models.UUIDField(primary_key=True, default=ids.uuid7, editable=False)
    subject = models.CharField(_("subject"), max_length=100)
    """An opaque reference such as ``application:<uuid>`` or ``customer:<cif>``."""
    name = models.CharField(_("name"), max_length=300)
    kind = models.CharField(_("kind"), max_length=12, choices=KINDS)
    birth_date = models.DateField(_("born"), null=True)
    countries = models.JSONField(_("countries"), default=list)
    outcome = models.CharField(_("outcome"), max_length=12, choices=OUTCOMES)
    lists = models.JSONField(_("lists"), default=list)
    """The versions it was held against."""
    screened_at = models.DateTimeField(_("screened"), default=clock.now)
    is_latest = models.BooleanField(_("latest"), default=True)

    class Meta:
        verbose_name = _("screening")
        verbose_name_plural = _("screenings")
        ordering: ClassVar = ["-screened_at"]
        indexes: ClassVar = [
            models.Index(fields=["subject", "-screened_at"], name="screening_of_subject"),
            models.Index(fields=["outcome", "-screened_at"], name="screening_by_outcome"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subject", "name", "kind"], condition=Q(is_latest=True), name="screening_one_latest"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.subject})"


class Match(models.Model):
    """An entry that a screened name answers to, why, and what was decided."""

    screening = models.ForeignKey(Screening, on_delete=models.PROTECT, related_name="matches")
    entry = models.ForeignKey(WatchEntry, on_delete=models.PROTECT, related_name="+")
    listed_name = models.CharField(_("listed as"), max_length=500)
    score = models.PositiveSmallIntegerField(_("score"))
    explanation = models.JSONField(_("explanation"))
    decision = models.CharField(_("decision"), max_length=16, choices=DECISIONS, default=Decision.OPEN.value)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+",
        verbose_name=_("decided by"),
    )  # fmt: skip
    decided_at = models.DateTimeField(_("decided"), null=True)
    holds_until = models.DateTimeField(_("holds until"), null=True)
    is_remembered = models.BooleanField(_("from an earlier screening"), default=False)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+",
        verbose_name=_("released by"),
    )  # fmt: skip
    released_at = models.DateTimeField(_("released"), null=True)

    class Meta:
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        ordering: ClassVar = ["-score", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["screening", "entry"], name="match_once"),
            models.CheckConstraint(condition=Q(score__lte=100), name="match_score_in_range"),
            models.CheckConstraint(
                condition=Q(decision=Decision.OPEN.value)
                | Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(reason=""),
                name="match_decision_has_author_and_reason",
            ),
            models.CheckConstraint(
                condition=~Q(decision=Decision.RELEASED.value)
                | Q(released_by__isnull=False) & ~Q(released_by=F("decided_by")),
                name="match_release_has_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.listed_name}: {self.score}"
