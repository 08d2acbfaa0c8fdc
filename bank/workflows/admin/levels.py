"""The matrix: who decides on how much, and within how long; changed by two people."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.identity.models import User
from bank.runtime import formats
from bank.web.acts import Act, StartingTable
from bank.workflows import commands, kinds, rules
from bank.workflows.models import ApprovalLevel, Command


class LevelsForm(forms.Form):
    scope = forms.ChoiceField(label=_("Command"), required=False)
    levels = forms.CharField(
        label=_("Levels"),
        help_text=_(
            "One a line: the amount above which it begins, the role (+second where two decide), the hours."
        ),
        initial=commands.written(list(rules.MATRIX)),
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        max_length=1000,
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["scope"]
        assert isinstance(field, forms.ChoiceField)
        with_amounts = [(name, str(kinds.named(name).title)) for name in kinds.names() if _moves(name)]
        field.choices = [("", gettext("Every command with an amount")), *with_amounts]


def _moves(name: str) -> bool:
    return kinds.named(name).amount is not None


def _propose(user: User, scope: str, levels: str, reason: str) -> Command:
    return commands.propose(scope=scope, levels=commands.read(levels), reason=reason, maker=user)


@admin.register(ApprovalLevel)
class ApprovalLevelTable(StartingTable):
    heading = _("Approval levels")
    list_display = ("command", "above_shown", "role", "second", "hours")
    ordering = ("scope", "above")
    fields = ("command", "above_shown", "role", "second", "hours")
    readonly_fields = ("command", "above_shown")
    starts = {
        "levels": Act(
            _("Propose other levels"), LevelsForm, _propose, commands.MAKER_RIGHT,
            _("They wait for somebody else's approval."),
            _("While there are no rows, the bank's first levels hold. What waits keeps those it was "
              "proposed under."),
        ),
    }  # fmt: skip

    @admin.display(description=_("command"), ordering="scope")
    def command(self, row: ApprovalLevel) -> str:
        return str(kinds.named(row.scope).title) if row.scope else gettext("Every command with an amount")

    @admin.display(description=_("above"), ordering="above")
    def above_shown(self, row: ApprovalLevel) -> str:
        return formats.number(row.above)
