"""What each role may say yes to; changed by two people."""

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from bank.identity.models import RoleLimit, User
from bank.identity.role_rules import Act as About
from bank.kernel.money import Money
from bank.runtime import formats
from bank.web.acts import Act
from bank.web.previews import PreviewedTable
from bank.workflows import commands
from bank.workflows.models import Command


class RoleLimitForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"))
    act = forms.ChoiceField(label=_("What it is about"), choices=[(one.value, one.value) for one in About])
    maximum = forms.DecimalField(
        label=_("Up to"),
        help_text=_("In the bank's own currency. Zero: the role says yes to nothing of this."),
        min_value=0,
        max_digits=17,
        decimal_places=2,
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        names = Group.objects.order_by("name").values_list("name", flat=True)
        field.choices = [(name, name) for name in names]


def _propose(user: User, role: str, act: str, maximum: Decimal, reason: str) -> Command:
    return commands.propose_limit(role=role, act=act, maximum=maximum, reason=reason, maker=user)


@admin.register(RoleLimit)
class RoleLimitTable(PreviewedTable):
    heading = _("Limits of roles")
    list_display = ("role", "act", "most")
    list_filter = ("act",)
    list_select_related = ("role",)
    ordering = ("role__name", "act")
    fields = ("role", "act", "most")
    readonly_fields = ("most",)
    affected = staticmethod(lambda role, act, maximum, **_why: commands.affected_by_limit(role, act, maximum))
    starts = {
        "limit": Act(
            _("Propose a limit"), RoleLimitForm, _propose, commands.LIMIT_RIGHT,
            _("It waits for somebody else's approval."),
            _("Of several roles somebody has, the highest limit counts. Nobody changes a role of their own."),
        ),
    }  # fmt: skip

    @admin.display(description=_("up to"), ordering="maximum")
    def most(self, limit: RoleLimit) -> str:
        return formats.money(Money.of(limit.maximum, settings.BANK_BASE_CURRENCY))
