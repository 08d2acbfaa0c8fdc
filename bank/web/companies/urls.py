"""The addresses of the pages, mounted by each portal of companies."""

from typing import Any

from django.urls import URLPattern, path

from bank.web.companies import (
    accounts,
    approvals,
    cash,
    collections,
    consents,
    entitlements,
    expenses,
    file_lines,
    files,
    payroll_rights,
    people,
    signing,
    sweeps,
    trail,
)
from bank.web.companies.desk import OpenDesk

_EXPENSES: list[tuple[str, Any, str]] = [
    ("expenses/", expenses.expenses, "expenses"),
    ("expenses/expenses.csv", expenses.as_csv, "expenses-csv"),
    ("expenses/expenses.xlsx", expenses.as_xlsx, "expenses-xlsx"),
    ("expenses/new/", expenses.new, "expense-new"),
    ("expenses/pay/", expenses.pay, "expenses-pay"),
    ("expenses/<str:reference>/", expenses.expense, "expense"),
    ("expenses/<str:reference>/receipt/", expenses.receipt, "expense-receipt"),
    ("expenses/<str:reference>/decide/", expenses.decide, "expense-decide"),
    ("expenses/<str:reference>/withdraw/", expenses.withdraw, "expense-withdraw"),
]
_PEOPLE: list[tuple[str, Any, str]] = [
    ("people/", people.people, "people"),
    ("people/invite/", people.invite, "people-invite"),
    ("people/invite/<str:draft_id>/", people.confirm, "people-confirm"),
    ("people/invite/<str:draft_id>/code/", people.new_code, "people-code"),
    ("people/<uuid:invitation_id>/resend/", people.resend, "people-resend"),
    ("people/<uuid:invitation_id>/revoke/", people.revoke, "people-revoke"),
    ("people/payroll/", payroll_rights.rights, "payroll-rights"),
    ("people/entitlements/", entitlements.report, "entitlements"),
    ("people/entitlements.csv", entitlements.export, "entitlements-export"),
    ("people/trail/", trail.trail, "trail"),
    ("people/trail.csv", trail.as_csv, "trail-csv"),
    ("people/trail.xlsx", trail.as_xlsx, "trail-xlsx"),
]


def patterns(open_desk: OpenDesk) -> list[URLPattern]:
    """The pages for a portal, whose desks are opened by ``open_desk``."""
    pages: list[tuple[str, Any, str]] = [
        ("accounts/<str:number>/", accounts.account, "account"),
        ("accounts/<str:number>/activity.csv", accounts.export, "account-export"),
        ("apps/", consents.consents, "consents"),
        ("apps/<uuid:consent_id>/end/", consents.end, "consent-end"),
        *_PEOPLE,
        ("signing/", signing.overview, "signing"),
        ("signing/rules/", signing.rule, "signing-rule"),
        ("signing/rules/<int:pk>/", signing.rule, "signing-rule"),
        ("signing/people/<int:pk>/", signing.person, "signing-person"),
        ("signing/delegate/", signing.delegate, "signing-delegate"),
        ("signing/delegations/<int:pk>/end/", signing.end_delegation, "delegation-end"),
        ("signing/confirm/<str:draft_id>/", signing.confirm, "signing-confirm"),
        ("signing/confirm/<str:draft_id>/code/", signing.new_code, "signing-code"),
        ("approvals/", approvals.approvals, "approvals"),
        ("approvals/sign/<str:draft_id>/", approvals.sign, "approval-sign"),
        ("approvals/sign/<str:draft_id>/code/", approvals.new_code, "approval-code"),
        ("approvals/results/<str:draft_id>/", approvals.results, "approval-results"),
        ("approvals/<str:reference>/", approvals.approval, "approval"),
        ("approvals/<str:reference>/reject/", approvals.reject, "approval-reject"),
        ("approvals/<str:reference>/return/", approvals.return_for_change, "approval-return"),
        ("approvals/<str:reference>/withdraw/", approvals.withdraw, "approval-withdraw"),
        ("cash/", cash.cash, "cash"),
        ("cash/cash.csv", cash.export, "cash-csv"),
        ("cash/forecast/", cash.forecast, "forecast"),
        ("cash/forecast/forecast.csv", cash.forecast_export, "forecast-csv"),
        ("cash/sweeps/", sweeps.sweeps, "sweeps"),
        ("cash/sweeps/new/", sweeps.new, "sweep-new"),
        ("cash/sweeps/confirm/<str:draft_id>/", sweeps.confirm, "sweep-confirm"),
        ("cash/sweeps/confirm/<str:draft_id>/code/", sweeps.new_code, "sweep-code"),
        ("cash/sweeps/<str:reference>/", sweeps.sweep, "sweep"),
        ("collections/", collections.collections, "collections"),
        ("collections/<str:number>/", collections.collection, "collection"),
        ("collections/<str:number>/payments.csv", collections.export, "collection-export"),
        ("collections/<str:number>/close/", collections.close, "collection-close"),
        *_EXPENSES,
        ("files/", files.files, "files"),
        ("files/<str:reference>/", files.file, "file"),
        ("files/<str:reference>/columns/", file_lines.columns, "file-columns"),
        ("files/<str:reference>/lines/<int:number>/", file_lines.line, "file-line"),
        ("files/<str:reference>/faults.csv", file_lines.faulty, "file-faults"),
        ("files/<str:reference>/retry/", file_lines.retry, "file-retry"),
        ("files/<str:reference>/cancel/", file_lines.cancel, "file-cancel"),
        ("files/<str:reference>/pay/<str:draft_id>/", files.confirm, "file-confirm"),
        ("files/<str:reference>/pay/<str:draft_id>/code/", files.new_code, "file-code"),
    ]
    given = {"open_desk": open_desk}
    mounted = [path(f"<str:cif>/{route}", view, given, name=name) for route, view, name in pages]
    return [path("lines/<str:place>/", accounts.line, given, name="line"), *mounted]
