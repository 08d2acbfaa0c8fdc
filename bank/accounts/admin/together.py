"""The staff table of what joint holders asked of each other; the bank only looks."""

from django.contrib import admin
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from bank.accounts.models import JointAct, JointWord
from bank.accounts.rules import JointState
from bank.web import cells
from bank.web.staff import ReadOnlyLines, ReadOnlyTable

_TONES = {
    JointState.WAITING: "PENDING",
    JointState.AGREED: "APPROVED",
    JointState.REFUSED: "REJECTED",
    JointState.WITHDRAWN: "WITHDRAWN",
    JointState.EXPIRED: "EXPIRED",
    JointState.FAILED: "FAILED",
}


class WordLines(ReadOnlyLines):
    model = JointWord
    fields = ("holder", "user", "given_at")


@admin.register(JointAct)
class JointActTable(ReadOnlyTable):
    personal = "JOINT_ACT"
    heading = _("Acts of joint holders")
    list_display = ("reference", "account", "kind", "worth", "maker", "made_at", "standing")
    list_filter = ("state", "kind")
    list_select_related = ("account", "maker")
    search_fields = ("reference__exact", "account__number__exact")
    search_help_text = _("Reference or account number")
    ordering = ("-id",)
    fields = (
        *("reference", "account", "kind", "subject", "summary", "worth", "needed", "maker", "made_at"),
        *("deadline", "standing", "decided_by", "decided_at", "why"),
    )
    readonly_fields = ("worth", "standing")
    inlines = (WordLines,)

    @admin.display(description=_("amount"))
    def worth(self, asked: JointAct) -> str:
        return cells.NOTHING if asked.money is None else cells.money(asked.money)

    @admin.display(description=_("state"), ordering="state")
    def standing(self, asked: JointAct) -> SafeString:
        return cells.state(_TONES[JointState(asked.state)], str(asked.get_state_display()))
