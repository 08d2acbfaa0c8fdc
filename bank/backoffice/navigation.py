"""The side bar of the staff site: groups of tables in the words of the bank."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bank.backoffice.reports import REPORTS
from bank.web import cells

_TABLES: tuple[tuple[Any, tuple[tuple[Any, str], ...]], ...] = (
    (
        _("Customers"),
        (
            (_("Applications"), "onboarding_application"),
            (_("Customers"), "cif_customer"),
            (_("Re-verifications"), "onboarding_kycreview"),
            (_("Accounts"), "accounts_account"),
            (_("Charges"), "accounts_charge"),
            (_("Cheque books"), "accounts_chequebook"),
            (_("Deposited cheques"), "accounts_chequedeposit"),
            (_("Presented cheques"), "accounts_presentedcheque"),
            (_("Stopped cheques"), "accounts_chequestop"),
            (_("Acts of joint holders"), "accounts_jointact"),
            (_("Cases"), "cases_case"),
            (_("Approvals"), "workflows_command"),
            (_("Possible duplicates"), "cif_duplicatecandidate"),
            (_("Statements"), "statements_statement"),
            (_("Documents"), "documents_document"),
        ),
    ),
    (
        _("Counter"),
        (
            (_("Counter sessions"), "counter_drawersession"),
            (_("Counter receipts"), "counter_slip"),
            (_("Drawers"), "counter_drawer"),
            (_("Rules of the counter"), "counter_cashrule"),
        ),
    ),
    (
        _("Payments"),
        (
            (_("Payment orders"), "payments_paymentorder"),
            (_("Payment files"), "payments_paymentfile"),
            (_("Held payments"), "payments_paymentreview"),
            (_("Standing orders"), "standing_standingorder"),
            (_("Direct debit mandates"), "debits_mandate"),
            (_("Direct debits"), "debits_collection"),
            (_("Files of direct debits"), "debits_debitfile"),
            (_("Companies that collect"), "debits_creditor"),
            (_("Claims of direct debits"), "debits_claim"),
            (_("Incoming payments"), "payments_incomingpayment"),
            (_("Recalls of other banks"), "payments_incomingrecall"),
            (_("Requests to pay"), "requests_paymentrequest"),
            (_("Billers"), "requests_biller"),
            (_("Payees"), "payments_beneficiary"),
            (_("Payment templates"), "payments_paymenttemplate"),
            (_("Payee groups"), "payments_payeegroup"),
            (_("Expenses"), "expenses_expense"),
            (_("Permits"), "payments_paymentpermit"),
            (_("Limits"), "payments_paymentlimit"),
            (_("Velocity rules"), "payments_velocityrule"),
            (_("Banks elsewhere"), "payments_institution"),
        ),
    ),
    (
        _("Networks"),
        (
            (_("Network messages"), "payments_networkmessage"),
            (_("Network news"), "payments_networkevent"),
            (_("Network days"), "payments_networkday"),
            (_("Network differences"), "payments_networkdifference"),
        ),
    ),
    (
        _("Compliance"),
        (
            (_("Screenings"), "risk_screening"),
            (_("Watch lists"), "risk_watchlist"),
            (_("List entries"), "risk_watchentry"),
            (_("Ownership thresholds"), "onboarding_ownershipthreshold"),
            (_("Rules of the risk rating"), "cif_ratingrule"),
            (_("Retention rules"), "privacy_retentionrule"),
        ),
    ),
    (
        _("Ledger"),
        (
            (_("Journal"), "ledger_entry"),
            (_("Ledger accounts"), "ledger_account"),
            (_("Holds"), "ledger_hold"),
            (_("Close of business"), "eod_run"),
            (_("Holidays"), "eod_calendarday"),
            (_("Business days"), "ledger_businessday"),
            (_("Proofs"), "ledger_proof"),
            (_("Hash chain"), "ledger_block"),
        ),
    ),
    (
        _("Bookkeeping"),
        (
            (_("Journals"), "bookkeeping_journal"),
            (_("Journal templates"), "bookkeeping_journaltemplate"),
            (_("Accruals and prepayments"), "bookkeeping_schedule"),
            (_("Reconciliation"), "bookkeeping_openitem"),
            (_("Imported statements"), "bookkeeping_importedstatement"),
            (_("Periods"), "bookkeeping_periodchange"),
            (_("Year ends"), "bookkeeping_yearclose"),
            (_("Rates of exchange"), "bookkeeping_fxrate"),
            (_("Revaluations"), "bookkeeping_revaluation"),
        ),
    ),
    (
        _("Catalogue"),
        (
            (_("Service targets"), "cases_servicetarget"),
            (_("Products"), "products_product"),
            (_("Terms"), "products_productterms"),
            (_("Moves to other versions"), "accounts_migration"),
            (_("Fees"), "products_feerule"),
            (_("Taxes"), "products_taxrule"),
            (_("Rates of value added tax"), "invoicing_vatrate"),
            (_("Statutory rates of wages"), "payroll_statutoryrate"),
            (_("Signing rules"), "signing_signingrule"),
            (_("Branches and cash machines"), "places_place"),
        ),
    ),
    (
        _("Control"),
        (
            (_("Audit trail"), "audit_auditrecord"),
            (_("Users"), "identity_user"),
            (_("Roles"), "auth_group"),
            (_("Apps"), "access_app"),
            (_("API keys"), "access_apikey"),
            (_("Consents"), "access_consent"),
            (_("API requests"), "access_apirequest"),
            (_("Limits of roles"), "identity_rolelimit"),
            (_("Approval levels"), "workflows_approvallevel"),
            (_("Staff sessions"), "identity_staffsession"),
            (_("Outbox"), "runtime_outboxmessage"),
            (_("Webhooks"), "notifications_endpoint"),
            (_("Webhook deliveries"), "notifications_webhookdelivery"),
            (_("Schedule"), "django_celery_beat_periodictask"),
        ),
    ),
)
_REPORTS_AFTER = "ledger_account"
_DESK_BEFORE = "counter_drawersession"


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups, with only the tables this member of staff may look at."""
    groups = [{"title": title, "items": _items(request, tables)} for title, tables in _TABLES]
    return [group for group in groups if group["items"]]


def _items(request: HttpRequest, tables: tuple[tuple[Any, str], ...]) -> list[dict[str, Any]]:
    items = []
    for label, table in tables:
        if cells.may_look(request, table):
            if table == _DESK_BEFORE:
                items.append(_item(request, _("My counter"), reverse("admin:counter_desk")))
            items.append(_item(request, label, reverse(f"admin:{table}_changelist")))
            if table == _REPORTS_AFTER:
                items += [
                    _item(request, one.title, reverse(f"admin:{name}")) for name, one in REPORTS.items()
                ]
    return _one_current(items)


def _one_current(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of several places the page lies below, the nearest is where the reader is."""
    here = max((item["url"] for item in items if item["current"]), key=len, default="")
    return [{**item, "current": item["url"] == here} for item in items]


def _item(request: HttpRequest, label: Any, address: str) -> dict[str, Any]:
    return {"label": label, "url": address, "current": request.path.startswith(address)}
