"""The rules of the risk rating: rows that two people change, with whom a change would move."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from bank.cif import rating
from bank.cif.commands import SetRatingRule
from bank.cif.models import RatingRule
from bank.identity.models import User
from bank.web import cells
from bank.web.acts import Act, ActingTable
from bank.workflows import services as workflows

_UNITS = {
    rating.Unit.POINTS: _("points that add up"),
    rating.Unit.FLOOR: _("points the score never falls below"),
    rating.Unit.BOUND: _("points from which it begins"),
    rating.Unit.MONTHS: _("months until the next review"),
}


class RuleForm(forms.Form):
    figure = forms.IntegerField(label=_("Figure"), min_value=0, max_value=100)
    members = forms.CharField(
        label=_("About"),
        help_text=_("Countries by two letters, sectors or products by their codes; spaces between."),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        max_length=4_000,
        required=False,
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)


def _propose(row: RatingRule, actor: User, figure: int, members: str, reason: str) -> None:
    payload = SetRatingRule(row.code, figure, sorted(rating.read_members(members)))
    workflows.propose(kind="cif.set_rating_rule", payload=payload, reason=reason, maker=actor)


def _initial(row: RatingRule) -> dict[str, object]:
    return {"figure": row.figure, "members": " ".join(row.members)}


@admin.register(RatingRule)
class RatingRuleTable(ActingTable):
    heading = _("Rules of the risk rating")
    list_display = ("code", "figure", "unit", "about")
    search_fields = ("code__iexact",)
    ordering = ("id",)
    fields = ("code", "figure", "unit", "about")
    readonly_fields = ("unit", "about")
    acts = {
        "change": Act(
            _("Propose a change"), RuleForm, _propose, "cif.change_ratingrule",
            _("It waits for somebody else's approval."),
            _("Whoever decides sees how many customers it would move. Once approved it counts from each "
              "customer's next rating on; everybody is rated every night."),
            initial=_initial,
        ),
    }  # fmt: skip

    @admin.display(description=_("unit"))
    def unit(self, row: RatingRule) -> str:
        known = rating.DEFAULTS.get(row.code)
        return str(_UNITS[known.unit]) if known else cells.NOTHING

    @admin.display(description=_("about"))
    def about(self, row: RatingRule) -> str:
        return ", ".join(row.members) or cells.NOTHING
