"""Expenses for programs: claimed with the receipt, decided by another, paid back by a payment file."""

import hashlib
from typing import Any, Final

from django.http import HttpResponse
from django.urls import path, reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.documents import serving
from bank.expenses import rules, selectors, services
from bank.expenses.models import Expense
from bank.expenses.rules import Category, State
from bank.expenses.selectors import Asked
from bank.kernel.errors import NotFound
from bank.kernel.money import Money
from bank.payments import selectors as payments
from bank.payments.api.files import FileAnswer, Uploads, file_as_sent
from bank.web import pagination, rest, scopes, throttles
from bank.web.scopes import Scope

_TAG: Final = ["Expenses"]
_LIST: Final = "expenses"
_REFERENCE = OpenApiParameter("reference", OpenApiTypes.STR, OpenApiParameter.PATH)
_COMPANY: Final = "The company's CIF number."


class ExpenseQuery(pagination.PageQuery):
    customer = rest.TextField(max_length=20, help_text=_COMPANY)
    state = serializers.ChoiceField(choices=[one.value for one in State], required=False)
    category = serializers.ChoiceField(choices=[one.value for one in Category], required=False)
    from_date = serializers.DateField(required=False, help_text="Spent on this day or later.")
    to_date = serializers.DateField(required=False, help_text="Spent on this day or before.")


class ExpenseClaim(rest.StrictSerializer):
    """A form: the receipt is one of its parts."""

    customer = rest.TextField(max_length=20, help_text=_COMPANY)
    merchant = rest.TextField(max_length=140, help_text="Who was paid.")
    category = serializers.ChoiceField(choices=[one.value for one in Category])
    purpose = rest.TextField(max_length=140, allow_blank=True, default="")
    spent_date = serializers.DateField(help_text="The day of the receipt.")
    amount = rest.TextField(max_length=24, help_text="What was paid, as 1250.50.")
    vat = rest.TextField(max_length=24, default="0", help_text="The value added tax in it, as 172.50.")
    currency = rest.TextField(max_length=3, default="KES")
    account = rest.TextField(max_length=34, help_text="It is paid back to this account.")
    account_holder = rest.TextField(max_length=140)
    receipt = serializers.FileField(help_text="A photo or a PDF.")


class ExpenseAnswer(serializers.Serializer[Any]):
    reference = serializers.CharField()
    customer = serializers.CharField(source="customer.cif")
    state = serializers.ChoiceField(
        choices=[one.value for one in State], help_text="SENT: in a payment file that is not paid yet."
    )
    claimed_by = serializers.CharField(source="claimed_by.full_name")
    claimed_at = serializers.DateTimeField()
    merchant = serializers.CharField()
    category = serializers.CharField()
    purpose = serializers.CharField()
    spent_date = serializers.DateField()
    amount = rest.MoneyField(source="money")
    vat = rest.MoneyField(source="vat_money")
    account = serializers.CharField(source="account_number")
    account_holder = serializers.CharField(source="account_name")
    name_check = serializers.CharField()
    decided_by = serializers.CharField(source="decided_by.full_name", default=None, allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(help_text="Why it was rejected.")
    payment_file = serializers.CharField(source="file_reference", help_text="That pays it back.")


class ExpensePage(serializers.Serializer[Any]):
    items = ExpenseAnswer(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class Decision(rest.StrictSerializer):
    decision = serializers.ChoiceField(choices=["APPROVE", "REJECT"])
    reason = rest.TextField(
        max_length=rules.REASON_LETTERS, default="", allow_blank=True,
        help_text="With REJECT: whoever claimed it reads it.",
    )  # fmt: skip


class PayBack(rest.StrictSerializer):
    customer = rest.TextField(max_length=20, help_text=_COMPANY)
    debtor_account = rest.TextField(max_length=34, help_text="The company's account that pays.")
    expenses = serializers.ListField(
        child=rest.TextField(max_length=24), min_length=1, max_length=rules.MOST_TOGETHER,
        help_text="References of approved expenses.",
    )  # fmt: skip


class Receipts(throttles.PerUser):
    """Each receipt is inspected and made anew."""

    scope = "expenses.claim"
    limit = 60


class Expenses(APIView):
    """A company's expenses, as far as the reader may see them."""

    scopes = {"GET": Scope.EXPENSES_READ, "POST": Scope.EXPENSES_MANAGE}

    def get_parsers(self) -> list[Any]:
        is_claim = self.request is not None and self.request.method == "POST"
        return [MultiPartParser()] if is_claim else super().get_parsers()

    def get_throttles(self) -> list[Any]:
        return [Receipts()] if self.request.method == "POST" else super().get_throttles()

    @extend_schema(
        operation_id="listExpenses",
        tags=_TAG,
        summary="Expenses, newest first",
        description="Who may pay for the company, its owners and its accountant see all, others their own.",
        parameters=[ExpenseQuery],
        responses=ExpensePage,
    )
    def get(self, request: Request) -> Response:
        query = rest.query_of(ExpenseQuery, request)
        company = _company(request, query["customer"])
        names = ("state", "category", "from_date", "to_date")
        asked = Asked(**{name: query[name] for name in names if name in query})
        rows = selectors.expenses_for(rest.user_of(request), company, asked).order_by("-pk")
        if last := pagination.position(query, _LIST):
            rows = rows.filter(pk__lt=last)
        found = list(rows[: query["limit"] + 1])
        items, cursor = pagination.page(found, query["limit"], _LIST, lambda one: one.pk)
        return Response({"items": ExpenseAnswer(items, many=True).data, "next_cursor": cursor})

    @extend_schema(
        operation_id="claimExpense",
        tags=_TAG,
        summary="Claim an expense with its receipt",
        description="The same receipt is claimed once. Somebody else decides on it.",
        parameters=[rest.IDEMPOTENCY_KEY],
        request={"multipart/form-data": ExpenseClaim},
        responses={201: ExpenseAnswer},
    )
    def post(self, request: Request) -> Response:
        wanted = rest.body_of(ExpenseClaim, request)
        company, receipt = _company(request, wanted["customer"]), wanted.pop("receipt")
        digest = hashlib.sha256(receipt.read()).hexdigest()
        receipt.seek(0)
        said = {name: str(value) for name, value in wanted.items()} | {"receipt": digest}
        made = rest.once(
            request, "claim_expense", said, lambda: _answer(_claim(request, company, wanted, receipt))
        )
        response = Response(made, status=201)
        response["Location"] = reverse("api-expense", args=[made["reference"]])
        return response


class OneExpense(APIView):
    scopes = {"GET": Scope.EXPENSES_READ}

    @extend_schema(
        operation_id="getExpense", tags=_TAG, summary="An expense", parameters=[_REFERENCE],
        responses=ExpenseAnswer,
    )  # fmt: skip
    def get(self, request: Request, reference: str) -> Response:
        return Response(_answer(_expense(request, reference)))


class ExpenseReceipt(APIView):
    scopes = {"GET": Scope.EXPENSES_READ}

    @extend_schema(
        operation_id="getExpenseReceipt",
        tags=_TAG,
        summary="The receipt of an expense",
        description="Who looked stays on record.",
        parameters=[_REFERENCE],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, reference: str) -> HttpResponse:
        found = _expense(request, reference)
        return serving.respond(
            document=selectors.receipt_of(found), viewer=rest.user_of(request), as_attachment=True
        )


class ExpenseDecision(APIView):
    scopes = {"POST": Scope.EXPENSES_MANAGE}

    @extend_schema(
        operation_id="decideExpense",
        tags=_TAG,
        summary="Approve or reject an expense",
        description="By somebody who may pay for the company and did not claim it.",
        parameters=[_REFERENCE, rest.IDEMPOTENCY_KEY],
        request=Decision,
        responses=ExpenseAnswer,
    )
    def post(self, request: Request, reference: str) -> Response:
        wanted = rest.body_of(Decision, request)
        user, found = rest.user_of(request), _expense(request, reference)

        def run() -> dict[str, Any]:
            if wanted["decision"] == "APPROVE":
                return _answer(services.approve(user=user, expense=found))
            return _answer(services.reject(user=user, expense=found, reason=wanted["reason"]))

        said = {**wanted, "reference": found.reference}
        return Response(rest.once(request, "decide_expense", said, run))


class ExpenseWithdrawal(APIView):
    scopes = {"POST": Scope.EXPENSES_MANAGE}

    @extend_schema(
        operation_id="withdrawExpense",
        tags=_TAG,
        summary="Take one's own claim back",
        parameters=[_REFERENCE, rest.IDEMPOTENCY_KEY],
        request=None,
        responses=ExpenseAnswer,
    )
    def post(self, request: Request, reference: str) -> Response:
        found = _expense(request, reference)
        user, said = rest.user_of(request), {"reference": found.reference}
        made = rest.once(
            request, "withdraw_expense", said, lambda: _answer(services.withdraw(user=user, expense=found))
        )
        return Response(made)


class ExpensePayments(APIView):
    scopes = {"POST": Scope.EXPENSES_MANAGE}
    throttle_classes = (Uploads,)

    @extend_schema(
        operation_id="payExpensesBack",
        tags=_TAG,
        summary="Make a payment file of approved expenses",
        description="`POST /payment-files/{reference}/confirm` pays it, signed as any file of the company. "
        "What it does not pay is approved again.",
        parameters=[rest.IDEMPOTENCY_KEY],
        request=PayBack,
        responses={201: OpenApiResponse(FileAnswer, "CHECKED, or REJECTED with its faults.")},
    )
    def post(self, request: Request) -> Response:
        wanted = rest.body_of(PayBack, request)
        company, user = _company(request, wanted["customer"]), rest.user_of(request)
        scopes.require_account(request, wanted["debtor_account"])

        def run() -> dict[str, Any]:
            file = services.pay_back(
                user=user, customer=company, references=wanted["expenses"],
                account_number=wanted["debtor_account"],
            )  # fmt: skip
            return {"reference": file.reference}

        made = rest.once(request, "pay_expenses_back", wanted, run)
        file = payments.file_for(user, made["reference"])
        response = Response(file_as_sent(file), status=201)
        response["Location"] = reverse("api-payment-file", args=[file.reference])
        return response


def _company(request: Request, number: str) -> Customer:
    """The company; a program's own alone, as if there were no other."""
    company = cif.customer_for(rest.user_of(request), number)
    _require_own(request, company.pk, what="customer")
    return company


def _require_own(request: Request, customer_id: int, *, what: str) -> None:
    grant = scopes.grant_of(request)
    if grant is not None and grant.accounts is not None and grant.customer_id != customer_id:
        raise NotFound(what=what)


def _expense(request: Request, reference: str) -> Expense:
    found = selectors.expense_named(rest.user_of(request), reference)
    _require_own(request, found.customer_id, what="expense")
    return found


def _claim(request: Request, company: Customer, wanted: dict[str, Any], receipt: Any) -> Expense:
    currency = wanted["currency"]
    return services.claim(
        user=rest.user_of(request), customer=company, merchant=wanted["merchant"],
        category=Category(wanted["category"]), spent=wanted["spent_date"],
        amount=Money.of(wanted["amount"], currency), vat=Money.of(wanted["vat"], currency),
        account_number=wanted["account"], account_name=wanted["account_holder"], upload=receipt.file,
        filename=receipt.name, purpose=wanted["purpose"],
    )  # fmt: skip


def _answer(expense: Expense) -> dict[str, Any]:
    return dict(ExpenseAnswer(expense).data)


urlpatterns = [
    path("expenses", Expenses.as_view(), name="api-expenses"),
    path("expenses/payments", ExpensePayments.as_view(), name="api-expense-payments"),
    path("expenses/<str:reference>", OneExpense.as_view(), name="api-expense"),
    path("expenses/<str:reference>/receipt", ExpenseReceipt.as_view(), name="api-expense-receipt"),
    path("expenses/<str:reference>/decision", ExpenseDecision.as_view(), name="api-expense-decision"),
    path("expenses/<str:reference>/withdraw", ExpenseWithdrawal.as_view(), name="api-expense-withdrawal"),
]
