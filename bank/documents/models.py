"""Documents that people handed in: what each is and whose; the content lies sealed in the vault."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from bank.documents.rules import MediaType, State
from bank.kernel import clock

MEDIA_TYPES = [
    (MediaType.JPEG.value, _("JPEG picture")),
    (MediaType.PNG.value, _("PNG picture")),
    (MediaType.WEBP.value, _("WEBP picture")),
    (MediaType.PDF.value, "PDF"),
]
STATES = [(State.STORED.value, _("Stored")), (State.DISCARDED.value, _("Discarded"))]


class Document(models.Model):
    """One document of one owner, an opaque reference such as ``application:<uuid>`` or ``customer:<cif>``."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.CharField(_("owner"), max_length=80)
    purpose = models.CharField(_("purpose"), max_length=40)
    filename = models.CharField(_("file name"), max_length=140)
    """What it is shown as; made harmless on its way in."""
    claimed_ending = models.CharField(_("named as"), max_length=8, blank=True)
    """The ending of the name it came with, where the content turned out to be of another kind."""
    media_type = models.CharField(_("kind"), max_length=20, choices=MEDIA_TYPES)
    size = models.PositiveIntegerField(_("size"))
    pages = models.PositiveSmallIntegerField(_("pages"))
    sha256 = models.CharField(_("SHA-256 digest"), max_length=64)
    """Of the content that is kept, before it is sealed."""
    stored_name = models.CharField(max_length=48, unique=True)
    uploaded_at = models.DateTimeField(_("handed in"), default=clock.now)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("handed in by")
    )
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=STATES, default=State.STORED.value)
    discarded_at = models.DateTimeField(_("discarded"), null=True)
    discarded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("discarded by"),
    )
    discard_reason = models.CharField(_("why discarded"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering: ClassVar = ["uploaded_at", "id"]
        indexes: ClassVar = [
            models.Index(fields=["owner", "uploaded_at"], name="document_of_owner"),
            models.Index(
                fields=["valid_until"],
                name="document_runs_out",
                condition=Q(valid_until__isnull=False, state=State.STORED.value),
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(size__gt=0, pages__gt=0), name="document_not_empty"),
            models.CheckConstraint(condition=~Q(owner="") & ~Q(purpose=""), name="document_has_owner"),
            models.CheckConstraint(
                condition=Q(state=State.STORED.value, discarded_at__isnull=True)
                | Q(state=State.DISCARDED.value, discarded_at__isnull=False) & ~Q(discard_reason=""),
                name="document_discarded_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def is_picture(self) -> bool:
        return self.media_type != MediaType.PDF.value
