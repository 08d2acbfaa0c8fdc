"""REST: pots, currencies and cheque books of an account, and the numbers that stand for it.
``/api/v1/accounts/…/pots`` and so on."""

from typing import Any

from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bank.accounts import selectors, services
from bank.accounts.api import together
from bank.accounts.models import JointAct, Pot
from bank.accounts.rules import BOOK_LEAVES
from bank.web import rest, scopes
from bank.web.scopes import Scope

_TAG = ["Accounts"]
_NUMBER = OpenApiParameter("number", OpenApiTypes.STR, OpenApiParameter.PATH, description="Account number.")
_POT_NUMBER = OpenApiParameter(
    "pot", OpenApiTypes.STR, OpenApiParameter.PATH, description="Number of the pot."
)
_WAITS = OpenApiResponse(together.JointActAnswer, "Waits for the account's other holders.")
_POT = {
    "number": "0010000000129",
    "name": "School fees",
    "saved": {"amount": "4500.00", "currency": "KES"},
    "goal": {"amount": "12000.00", "currency": "KES"},
    "target_date": "2027-01-05",
    "per_cent": 37,
}
_COLLECTION = {"number": "9900000000134", "reference": "INVOICE 42", "opened_date": "2026-11-20"}


class PotAnswer(serializers.Serializer[Any]):
    number = serializers.CharField(source="pot.account.number")
    name = serializers.CharField(source="pot.account.nickname")
    saved = rest.MoneyField()
    goal = rest.MoneyField(source="pot.goal_sum", allow_null=True)
    target_date = serializers.DateField(source="pot.target_date", allow_null=True)
    per_cent = serializers.IntegerField(source="progress.per_cent", allow_null=True, help_text="Of the goal.")


class PotList(serializers.Serializer[Any]):
    items = PotAnswer(many=True)


class PotRequest(rest.StrictSerializer):
    name = rest.TextField(max_length=40)
    goal = rest.MoneyField(required=False)
    target_date = serializers.DateField(required=False)


class MoveRequest(rest.StrictSerializer):
    amount = rest.MoneyField()
    direction = serializers.ChoiceField(
        choices=["IN", "OUT"], help_text="Into the pot, or back to the account."
    )


class CollectionAnswer(serializers.Serializer[Any]):
    number = serializers.CharField(help_text="What payers are given.")
    reference = serializers.CharField(help_text="Stands on every line that was paid to the number.")
    opened_date = serializers.DateField()


class CollectionList(serializers.Serializer[Any]):
    items = CollectionAnswer(many=True)


class CollectionRequest(rest.StrictSerializer):
    reference = rest.TextField(max_length=40)


class ChequeBookAnswer(serializers.Serializer[Any]):
    leaves = serializers.IntegerField()
    ordered_date = serializers.DateField()
    issued_date = serializers.DateField(allow_null=True, help_text="When it was handed out.")
    first_number = serializers.IntegerField(allow_null=True)


class ChequeBookList(serializers.Serializer[Any]):
    items = ChequeBookAnswer(many=True)


class ChequeBookRequest(rest.StrictSerializer):
    leaves = serializers.ChoiceField(choices=BOOK_LEAVES)


class CurrencyAnswer(serializers.Serializer[Any]):
    number = serializers.CharField(help_text="Of the account in that currency.")
    currency = serializers.CharField()


class CurrencyList(serializers.Serializer[Any]):
    items = CurrencyAnswer(many=True)


class CurrencyRequest(rest.StrictSerializer):
    currency = rest.TextField(max_length=3, help_text="Such as `USD`.")


class Pots(APIView):
    scopes = {"GET": Scope.ACCOUNTS_READ, "POST": Scope.PAYMENTS_CREATE}

    @extend_schema(
        operation_id="listPots",
        tags=_TAG,
        summary="Pots under an account",
        parameters=[_NUMBER],
        responses=PotList,
        examples=[OpenApiExample("One", {"items": [_POT]}, response_only=True)],
    )
    def get(self, request: Request, number: str) -> Response:
        account = selectors.account_for(rest.user_of(request), number)
        scopes.require_account(request, account.number)
        return Response({"items": PotAnswer(selectors.pot_positions(account), many=True).data})

    @extend_schema(
        operation_id="openPot",
        tags=_TAG,
        summary="Open a pot",
        parameters=[_NUMBER, rest.IDEMPOTENCY_KEY],
        request=PotRequest,
        responses={201: PotAnswer, 202: _WAITS},
        examples=[OpenApiExample("Opened", _POT, response_only=True, status_codes=["201"])],
    )
    def post(self, request: Request, number: str) -> Response:
        key, wanted = rest.idempotency_key(request), rest.body_of(PotRequest, request)
        scopes.require_account(request, number)
        pot = services.open_pot(
            user=rest.user_of(request),
            number=number,
            key=key,
            name=wanted["name"],
            goal=wanted.get("goal"),
            target=wanted.get("target_date"),
        )
        return _answer(request, pot)


class PotMoves(APIView):
    scopes = {"POST": Scope.PAYMENTS_CREATE}

    @extend_schema(
        operation_id="movePotMoney",
        tags=_TAG,
        summary="Put money aside, or take it back",
        description="At once, without a code: the money stays the customer's own. Of an account all holders "
        "sign for it waits for the others.",
        parameters=[_NUMBER, _POT_NUMBER, rest.IDEMPOTENCY_KEY],
        request=MoveRequest,
        responses={201: PotAnswer, 202: _WAITS},
        examples=[
            OpenApiExample(
                "Put aside",
                {"amount": {"amount": "500.00", "currency": "KES"}, "direction": "IN"},
                request_only=True,
            ),
            OpenApiExample("Moved", _POT, response_only=True, status_codes=["201"]),
        ],
    )
    def post(self, request: Request, number: str, pot: str) -> Response:
        key, wanted = rest.idempotency_key(request), rest.body_of(MoveRequest, request)
        scopes.require_account(request, number)
        selectors.pot_under(rest.user_of(request), number, pot)
        move = services.move_in if wanted["direction"] == "IN" else services.move_out
        moved = move(user=rest.user_of(request), number=pot, amount=wanted["amount"], key=key)
        return _answer(request, moved)


class CollectionNumbers(APIView):
    scopes = {"GET": Scope.ACCOUNTS_READ, "POST": Scope.PAYMENTS_CREATE}

    @extend_schema(
        operation_id="listCollectionNumbers",
        tags=_TAG,
        summary="Numbers that stand for an account",
        parameters=[_NUMBER],
        responses=CollectionList,
        examples=[OpenApiExample("One", {"items": [_COLLECTION]}, response_only=True)],
    )
    def get(self, request: Request, number: str) -> Response:
        account = selectors.account_for(rest.user_of(request), number)
        scopes.require_account(request, account.number)
        return Response({"items": CollectionAnswer(selectors.collection_numbers(account), many=True).data})

    @extend_schema(
        operation_id="openCollectionNumber",
        tags=_TAG,
        summary="A number of its own for one payer or invoice",
        description="Asked again for the same reference it answers with the number there is.",
        parameters=[_NUMBER],
        request=CollectionRequest,
        responses={201: CollectionAnswer},
        examples=[OpenApiExample("Opened", _COLLECTION, response_only=True, status_codes=["201"])],
    )
    def post(self, request: Request, number: str) -> Response:
        wanted = rest.body_of(CollectionRequest, request)
        scopes.require_account(request, number)
        made = services.open_collection_number(
            user=rest.user_of(request), number=number, reference=wanted["reference"]
        )
        return Response(CollectionAnswer(made).data, status=201)


class ChequeBooks(APIView):
    scopes = {"GET": Scope.ACCOUNTS_READ, "POST": Scope.PAYMENTS_CREATE}

    @extend_schema(
        operation_id="listChequeBooks",
        tags=_TAG,
        summary="Cheque books of an account",
        parameters=[_NUMBER],
        responses=ChequeBookList,
    )
    def get(self, request: Request, number: str) -> Response:
        account = selectors.account_for(rest.user_of(request), number)
        scopes.require_account(request, account.number)
        return Response({"items": ChequeBookAnswer(selectors.cheque_books(account), many=True).data})

    @extend_schema(
        operation_id="orderChequeBook",
        tags=_TAG,
        summary="Order a cheque book",
        description="Its price is charged at once. Of an account all holders sign for it waits.",
        parameters=[_NUMBER, rest.IDEMPOTENCY_KEY],
        request=ChequeBookRequest,
        responses={201: ChequeBookAnswer, 202: _WAITS},
    )
    def post(self, request: Request, number: str) -> Response:
        wanted, user = rest.body_of(ChequeBookRequest, request), rest.user_of(request)
        account = selectors.account_for(user, number)
        scopes.require_account(request, account.number)

        def run() -> dict[str, Any]:
            made = services.order_book(user=user, number=account.number, leaves=wanted["leaves"])
            return _kept(made) or dict(ChequeBookAnswer(made).data)

        content = {"account": account.number, "leaves": wanted["leaves"]}
        return _said(request, rest.once(request, "accounts.order_book", content, run))


class Currencies(APIView):
    scopes = {"GET": Scope.ACCOUNTS_READ, "POST": Scope.PAYMENTS_CREATE}

    @extend_schema(
        operation_id="listCurrencies",
        tags=_TAG,
        summary="Other currencies under an account",
        parameters=[_NUMBER],
        responses=CurrencyList,
    )
    def get(self, request: Request, number: str) -> Response:
        account = selectors.account_for(rest.user_of(request), number)
        scopes.require_account(request, account.number)
        return Response({"items": CurrencyAnswer(selectors.currencies_of(account), many=True).data})

    @extend_schema(
        operation_id="openCurrency",
        tags=_TAG,
        summary="Open another currency under an account",
        description="Asked again it answers with what is there. Of an account all holders sign for it waits.",
        parameters=[_NUMBER, rest.IDEMPOTENCY_KEY],
        request=CurrencyRequest,
        responses={201: CurrencyAnswer, 202: _WAITS},
    )
    def post(self, request: Request, number: str) -> Response:
        wanted, user = rest.body_of(CurrencyRequest, request), rest.user_of(request)
        account = selectors.account_for(user, number)
        scopes.require_account(request, account.number)

        def run() -> dict[str, Any]:
            made = services.open_currency(user=user, number=account.number, currency=wanted["currency"])
            return _kept(made) or dict(CurrencyAnswer(made).data)

        content = {"account": account.number, "currency": wanted["currency"]}
        return _said(request, rest.once(request, "accounts.open_currency", content, run))


def _kept(made: object) -> dict[str, Any]:
    """How what waits for the other holders is kept under the request's key; nothing where it is done."""
    return {"joint_act": made.reference} if isinstance(made, JointAct) else {}


def _said(request: Request, found: dict[str, Any]) -> Response:
    if "joint_act" in found:
        return together.accepted(request, selectors.joint_act(found["joint_act"]))
    return Response(found, status=201)


def _answer(request: Request, made: Pot | JointAct) -> Response:
    """The pot as it is now, or what waits for the account's other holders."""
    if isinstance(made, JointAct):
        return together.accepted(request, made)
    shown = selectors.pot_position(made, selectors.position(made.account).booked)
    return Response(PotAnswer(shown).data, status=201)


urlpatterns = [
    path("accounts/<str:number>/pots", Pots.as_view(), name="api-pots"),
    path("accounts/<str:number>/pots/<str:pot>/moves", PotMoves.as_view(), name="api-pot-moves"),
    path("accounts/<str:number>/cheque-books", ChequeBooks.as_view(), name="api-cheque-books"),
    path("accounts/<str:number>/currencies", Currencies.as_view(), name="api-currencies"),
    path("accounts/<str:number>/collection-numbers", CollectionNumbers.as_view(), name="api-collections"),
]
