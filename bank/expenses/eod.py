"""The close of business for expenses: files whose outcome nobody was told of. Safe to do again."""

from django.utils.translation import gettext_lazy as _

from bank.expenses import services
from bank.runtime.steps import Day, Part, Phase, Step


def settle(_day: Day, _cursor: str) -> Part:
    """Expenses whose payment file was paid, refused or given up without anybody being told."""
    return Part(done=services.settle())


STEPS = [Step("expenses.settle", _("Expenses and their payment files"), Phase.REVIEW, settle)]
