"""The pages for a door, whose desks are opened by the door itself."""

from typing import Any

from django.urls import URLPattern, path

from bank.web.orders import (
    bills,
    codes,
    confirming,
    debit_files,
    debits,
    grouping,
    payees,
    paying,
    requests,
    standing,
)
from bank.web.orders.desk import OpenDesk

_CONFIRM: list[tuple[str, Any, str]] = [
    ("confirm/<str:draft_id>/", confirming.check, "order-check"),
    ("confirm/<str:draft_id>/code/", confirming.new_code, "order-code"),
]
_DEBITS: list[tuple[str, Any, str]] = [
    ("debits/", debits.debits, "debits"),
    ("debits/new/", debits.new, "debit-new"),
    ("debits/files/", debit_files.files, "debit-files"),
    ("debits/files/<str:reference>/", debit_files.file, "debit-file"),
    ("debits/files/<str:reference>/pain002/", debit_files.report, "debit-file-report"),
    ("debits/admission/", debits.admission, "debit-admission"),
    ("debits/taken/<str:reference>/claim/", debits.claim, "debit-claim"),
    ("debits/taken/<str:reference>/<slug:act>/", debits.collection_act, "debit-taken-act"),
    ("debits/<str:reference>/", debits.mandate, "debit"),
    ("debits/<str:reference>/<slug:act>/", debits.act, "debit-act"),
    *_CONFIRM,
]
_PAGES: list[tuple[str, Any, str]] = [
    ("regular/", standing.standing_orders, "regular"),
    ("regular/new/", standing.new, "regular-new"),
    ("regular/<str:reference>/", standing.standing_order, "regular-order"),
    ("regular/<str:reference>/<slug:act>/", standing.act, "regular-act"),
    ("requests/", requests.requests, "requests"),
    ("requests/new/", requests.ask, "request-new"),
    ("requests/unblock/<int:blocked_id>/", requests.unblock, "requester-unblock"),
    ("requests/<str:reference>/", requests.one_request, "request"),
    ("requests/<str:reference>/<slug:act>/", requests.act, "request-act"),
    ("receive/", codes.receive, "receive"),
    ("scan/", codes.scan, "scan"),
    ("bills/", bills.bills, "bills"),
    ("bills/pay/<slug:code>/", bills.pay, "bill"),
    ("bills/paid/<str:reference>/save/", bills.save, "bill-save"),
    ("bills/saved/<int:saved_id>/forget/", bills.forget, "bill-forget"),
    ("bills/received/<slug:code>/", bills.received, "bills-received"),
    *_DEBITS,
]


_OF_COMPANIES: list[tuple[str, Any, str]] = [
    ("payments/", paying.payments, "payments"),
    ("payments/new/", paying.pay, "payment-new"),
    ("payments/<str:reference>/", paying.payment, "payment"),
    ("payments/<str:reference>/<slug:act>/", paying.act, "payment-act"),
    ("payees/", payees.payees, "payees"),
    ("payees/<int:payee_id>/remove/", payees.remove, "payee-remove"),
    ("payees/<int:payee_id>/correct/", payees.correct, "payee-correct"),
    ("payees/templates/<int:template_id>/remove/", payees.forget_template, "template-remove"),
    ("groups/new/", payees.new_group, "group-new"),
    ("groups/<int:group_id>/", payees.group, "group"),
    ("groups/<int:group_id>/remove/", payees.forget_group, "group-remove"),
]


_OF_PERSONS: list[tuple[str, Any, str]] = [
    ("payees/<int:payee_id>/correct/", payees.correct, "payee-correct"),
    ("payees/templates/<int:template_id>/remove/", payees.forget_template, "template-remove"),
    ("groups/new/", payees.new_group, "group-new"),
    ("groups/paid/<str:reference>/", grouping.paid, "group-paid"),
    ("groups/<int:group_id>/", payees.group, "group"),
    ("groups/<int:group_id>/remove/", payees.forget_group, "group-remove"),
]


def of_persons(open_desk: OpenDesk, prefix: str = "") -> list[URLPattern]:
    """What a person keeps to pay again; their single payments have pages of their own."""
    return _under(_OF_PERSONS, open_desk, prefix)


def of_companies(open_desk: OpenDesk, prefix: str) -> list[URLPattern]:
    """A company's payments and payees, beside the pages that confirm them."""
    return _under(_OF_COMPANIES, open_desk, prefix)


def patterns(open_desk: OpenDesk, prefix: str = "") -> list[URLPattern]:
    """The pages under ``prefix``."""
    return _under(_PAGES, open_desk, prefix)


def debit_patterns(open_desk: OpenDesk, prefix: str = "") -> list[URLPattern]:
    """Those of direct debits alone, for a door whose other addresses are its own."""
    return _under(_DEBITS, open_desk, prefix)


def _under(pages: list[tuple[str, Any, str]], open_desk: OpenDesk, prefix: str) -> list[URLPattern]:
    return [path(prefix + route, view, {"open_desk": open_desk}, name=name) for route, view, name in pages]
