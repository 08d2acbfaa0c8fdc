"""REST: accounts with their balances, and statement lines. ``/api/v1/accounts``."""

from typing import Any

from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bank.accounts import selectors
from bank.accounts.rules import AccountStatus
from bank.kernel.errors import InvalidInput
from bank.web import pagination, rest, scopes
from bank.web.scopes import Scope

_TAG = ["Accounts"]
_NUMBER = OpenApiParameter("number", OpenApiTypes.STR, OpenApiParameter.PATH, description="Account number.")
_ACCOUNT = {
    "number": "0010000000011",
    "name": "Current account",
    "product": "CURRENT",
    "customer": {"cif": "1000234", "name": "Wanjiru Kamau"},
    "currency": "KES",
    "status": "ACTIVE",
    "opened_date": "2024-02-01",
    "booked": {"amount": "6204.19", "currency": "KES"},
    "held": {"amount": "42.80", "currency": "KES"},
    "available": {"amount": "6161.39", "currency": "KES"},
}
_LINE = {
    "entry_id": 812345,
    "version": 37,
    "booking_date": "2026-11-19",
    "value_date": "2026-11-19",
    "amount": {"amount": "-61.05", "currency": "KES"},
    "balance_after": {"amount": "6204.19", "currency": "KES"},
    "description": "Water bill",
    "counterparty": "Nairobi Water",
    "reference": "PAY-7K3M-9QXD-4TRH",
}


class Holder(serializers.Serializer[Any]):
    cif = serializers.CharField()
    name = serializers.CharField(source="display_name")


class AccountAnswer(serializers.Serializer[Any]):
    number = serializers.CharField(source="account.number")
    name = serializers.CharField(source="account.label", help_text="Its nickname, or the product's name.")
    product = serializers.CharField(source="account.product.code")
    customer = Holder(source="account.customer")
    currency = serializers.CharField(source="account.currency")
    status = serializers.ChoiceField(
        source="account.status", choices=[status.value for status in AccountStatus]
    )
    opened_date = serializers.DateField(source="account.opened_date")
    booked = rest.MoneyField(help_text="The sum of all bookings.")
    held = rest.MoneyField(help_text="Reserved, not yet booked.")
    available = rest.MoneyField(help_text="What can be paid out now, an overdraft included.")


class AccountList(serializers.Serializer[Any]):
    items = AccountAnswer(many=True)


class LineAnswer(serializers.Serializer[Any]):
    entry_id = serializers.IntegerField()
    version = serializers.IntegerField(help_text="Counts the account's lines from 1 without gaps.")
    booking_date = serializers.DateField()
    value_date = serializers.DateField(help_text="Interest counts from this day.")
    amount = rest.MoneyField(help_text="Above zero came in, below zero went out.")
    balance_after = rest.MoneyField(help_text="The running balance.")
    description = serializers.CharField()
    counterparty = serializers.CharField()
    reference = serializers.CharField()


class LinePage(serializers.Serializer[Any]):
    items = LineAnswer(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class LineQuery(pagination.PageQuery):
    to = serializers.DateField(required=False, help_text="Last booking date.")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        first = serializers.DateField(required=False, help_text="First booking date.")
        return {"from": first, **super().get_fields()}


class Accounts(APIView):
    scopes = {"GET": Scope.ACCOUNTS_READ}

    @extend_schema(
        operation_id="listAccounts",
        tags=_TAG,
        summary="Accounts you may see, with their balances",
        responses=AccountList,
        examples=[OpenApiExample("One", {"items": [_ACCOUNT]}, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        rest.query_of(rest.StrictSerializer, request)
        found, named = selectors.accounts_for(rest.user_of(request)), scopes.accounts_of(request)
        if named is not None:
            found = [one for one in found if one.account.number in named]
        return Response({"items": AccountAnswer(found, many=True).data})


class OneAccount(APIView):
    scopes = {"GET": Scope.ACCOUNTS_READ}

    @extend_schema(
        operation_id="getAccount",
        tags=_TAG,
        summary="An account with its balances",
        parameters=[_NUMBER],
        responses=AccountAnswer,
        examples=[OpenApiExample("Current account", _ACCOUNT, response_only=True)],
    )
    def get(self, request: Request, number: str) -> Response:
        account = selectors.account_for(rest.user_of(request), number)
        scopes.require_account(request, account.number)
        return Response(AccountAnswer(selectors.position(account)).data)


class Lines(APIView):
    scopes = {"GET": Scope.STATEMENTS_READ}

    @extend_schema(
        operation_id="listStatementLines",
        tags=_TAG,
        summary="Statement lines, newest first",
        description="Pages are stable: lines booked meanwhile appear on the first page only.",
        parameters=[_NUMBER, LineQuery],
        responses=LinePage,
        examples=[OpenApiExample("Last page", {"items": [_LINE], "next_cursor": None}, response_only=True)],
    )
    def get(self, request: Request, number: str) -> Response:
        query = rest.query_of(LineQuery, request)
        first, last, limit = query.get("from"), query.get("to"), query["limit"]
        if first and last and last < first:
            raise InvalidInput(problem="The period ends before it begins. Swap from and to.")
        account = selectors.account_for(rest.user_of(request), number)
        scopes.require_account(request, account.number)
        list_name = f"lines:{account.number}:{first}:{last}"
        before = pagination.position(query, list_name)
        found = selectors.statement_lines(
            account, from_date=first, to_date=last, before=before, limit=limit + 1
        )
        items, cursor = pagination.page(found, limit, list_name, lambda line: line.version)
        return Response({"items": LineAnswer(items, many=True).data, "next_cursor": cursor})


urlpatterns = [
    path("accounts", Accounts.as_view(), name="api-accounts"),
    path("accounts/<str:number>", OneAccount.as_view(), name="api-account"),
    path("accounts/<str:number>/lines", Lines.as_view(), name="api-account-lines"),
]
