"""Staff tables of cheques: books, stops, what was presented, what is being cleared."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from bank.accounts.admin.desk import BOOK_ACTS, DEPOSIT_ACTS
from bank.accounts.models import ChequeBook, ChequeDeposit, ChequeStop, PresentedCheque
from bank.web import cells
from bank.web.acts import ActingTable
from bank.web.staff import ReadOnlyTable

_BY_ACCOUNT = ("account__number__exact",)
_HELP = _("Account number")


@admin.register(ChequeBook)
class BookTable(ActingTable):
    personal = "CHEQUE_BOOK"
    acts = BOOK_ACTS
    list_display = ("account", "leaves", "first_number", "ordered_date", "issued_date")
    list_filter = (("issued_date", admin.EmptyFieldListFilter),)
    list_select_related = ("account",)
    search_fields = _BY_ACCOUNT
    search_help_text = _HELP
    ordering = ("-id",)
    fields = ("account", "leaves", "first_number", "ordered_date", "issued_date", "issued_by")


@admin.register(ChequeStop)
class StopTable(ReadOnlyTable):
    personal = "CHEQUE_STOP"
    list_display = ("account", "first_number", "last_number", "reason", "stopped_date", "stopped_by")
    list_select_related = ("account", "stopped_by")
    search_fields = _BY_ACCOUNT
    search_help_text = _HELP
    ordering = ("-id",)


@admin.register(PresentedCheque)
class PresentedTable(ReadOnlyTable):
    personal = "PRESENTED_CHEQUE"
    list_display = ("number", "account", "worth", "payee", "presenting_bank", "presented_date", "outcome")
    list_filter = ("return_reason",)
    list_select_related = ("account",)
    search_fields = _BY_ACCOUNT
    search_help_text = _HELP
    ordering = ("-id",)

    @admin.display(description=_("amount"))
    def worth(self, cheque: PresentedCheque) -> str:
        return cells.money(cheque.sum)

    @admin.display(description=_("outcome"))
    def outcome(self, cheque: PresentedCheque) -> str:
        code = "REJECTED" if cheque.return_reason else "PAID"
        return cells.state(code, cheque.get_return_reason_display() or str(_("Paid")))


@admin.register(ChequeDeposit)
class DepositTable(ActingTable):
    personal = "CHEQUE_DEPOSIT"
    acts = DEPOSIT_ACTS
    list_display = ("number", "drawer_bank", "account", "worth", "deposited_date", "clears_date", "state")
    list_filter = ("state",)
    list_select_related = ("account",)
    search_fields = _BY_ACCOUNT
    search_help_text = _HELP
    ordering = ("-id",)
    fields = (
        *("account", "drawer_bank", "drawer_account", "number", "worth", "deposited_date", "clears_date"),
        *("state", "settled_date", "return_reason"),
    )
    readonly_fields = ("worth",)

    @admin.display(description=_("amount"))
    def worth(self, deposit: ChequeDeposit) -> str:
        return cells.money(deposit.sum)
