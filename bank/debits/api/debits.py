"""Direct debits for programs: propose, confirm with a code, collect, refuse, ask back."""

from typing import Any, Final

from django.urls import path, reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bank.cif import selectors as cif
from bank.debits import selectors, services
from bank.debits.models import Collection, Creditor, Mandate
from bank.debits.rules import MOST_NOTICE_DAYS, MandateKind, RefundKind, Terms
from bank.kernel.errors import NotFound
from bank.web import rest, scopes, step_up, throttles
from bank.web.scopes import Scope

TAG: Final = ["Direct debits"]
CUSTOMER = OpenApiParameter("customer", OpenApiTypes.STR, OpenApiParameter.PATH)
REFERENCE = OpenApiParameter("reference", OpenApiTypes.STR, OpenApiParameter.PATH)
_MANDATE_ACTS: Final = {"decline": services.decline, "cancel": services.cancel}
_COLLECTION_ACTS: Final = {"refuse": services.refuse, "cancel": services.cancel_collection}


class DebitMandateRequest(rest.StrictSerializer):
    creditor_account = rest.TextField(max_length=34, help_text="The company's account to collect into.")
    creditor_reference = rest.TextField(max_length=35, help_text="Your unique mandate reference.")
    debtor_account = rest.TextField(max_length=34)
    debtor_name = rest.TextField(max_length=140)
    kind = serializers.ChoiceField(choices=[one.value for one in MandateKind], default="CORE")
    limit = rest.MoneyField(help_text="Each time at most.")
    month_limit = rest.MoneyField(help_text="In a calendar month at most.")
    first = serializers.DateField()
    last = serializers.DateField(required=False)
    notice_days = serializers.IntegerField(default=MOST_NOTICE_DAYS, min_value=1, max_value=MOST_NOTICE_DAYS)


class DebitConfirmation(rest.StrictSerializer):
    authorisation = step_up.Authorisation(required=False)


class DebitMandateAnswer(serializers.Serializer[Any]):
    reference = serializers.CharField()
    status = serializers.CharField()
    kind = serializers.CharField()
    creditor_name = serializers.CharField(source="creditor.display_name")
    creditor_reference = serializers.CharField()
    debtor_account = serializers.CharField(source="debtor_account.number")
    limit = rest.MoneyField()
    month_limit = rest.MoneyField()
    first = serializers.DateField(source="first_date")
    last = serializers.DateField(source="last_date", allow_null=True)
    notice_days = serializers.IntegerField()


class DebitMandateList(serializers.Serializer[Any]):
    items = DebitMandateAnswer(many=True)


class DirectDebitRequest(rest.StrictSerializer):
    mandate = rest.TextField(max_length=24)
    amount = rest.MoneyField()
    due = serializers.DateField(help_text="The next business day where the bank is closed.")
    end_to_end_id = rest.TextField(max_length=35, help_text="Your reference; a collection is made once.")
    remittance = rest.TextField(max_length=140, allow_blank=True, default="")


class DirectDebitClaim(serializers.Serializer[Any]):
    reference = serializers.CharField()
    status = serializers.CharField()
    due = serializers.DateField(source="due_date", help_text="When the bank answers at the latest.")
    answer = serializers.CharField()
    case = serializers.CharField(source="case.reference")


class DirectDebitAnswer(serializers.Serializer[Any]):
    reference = serializers.CharField()
    mandate = serializers.CharField(source="mandate.reference")
    end_to_end_id = serializers.CharField()
    amount = rest.MoneyField(source="money")
    remittance = serializers.CharField()
    due = serializers.DateField(source="due_date")
    taken_on = serializers.DateField(source="run_date")
    status = serializers.CharField()
    reason = serializers.CharField(help_text="ISO 20022, such as AM04.")
    explanation = serializers.CharField(source="sentence")
    claim = serializers.SerializerMethodField()

    @extend_schema_field(DirectDebitClaim(allow_null=True))
    def get_claim(self, one: Collection) -> dict[str, Any] | None:
        found = selectors.claim_of(one)
        return DirectDebitClaim(found).data if found else None


class DirectDebitList(serializers.Serializer[Any]):
    items = DirectDebitAnswer(many=True)


class DirectDebitRefund(rest.StrictSerializer):
    kind = serializers.ChoiceField(choices=[one.value for one in RefundKind])
    why = rest.TextField(max_length=1000, required=False, default="", help_text="Of what nobody authorised.")


class CreditorRequest(rest.StrictSerializer):
    wish = rest.TextField(max_length=1000, help_text="Of whom you collect, what for, how much in a month.")


class CreditorAnswer(serializers.Serializer[Any]):
    customer = serializers.CharField(source="customer.cif")
    status = serializers.CharField()
    identifier = serializers.CharField(help_text="Empty until it is admitted.")
    schemes = serializers.SerializerMethodField()
    limit = rest.MoneyField(source="each", help_text="Each time at most.")
    month_limit = rest.MoneyField(source="month", help_text="Over all mandates.")
    notice_days = serializers.IntegerField()
    reason = serializers.CharField()

    def get_schemes(self, one: Creditor) -> list[str]:
        return sorted(one.schemes)


class OneCreditor(APIView):
    scopes = {"GET": Scope.PAYMENTS_READ, "POST": Scope.PAYMENTS_CREATE}

    @extend_schema(
        operation_id="getCreditor",
        tags=TAG,
        summary="Whether a company may collect, and how much",
        parameters=[CUSTOMER],
        responses=CreditorAnswer,
    )
    def get(self, request: Request, customer: str) -> Response:
        found = selectors.creditor_for(rest.user_of(request), company_named(request, customer))
        return Response(CreditorAnswer(found).data)

    @extend_schema(
        operation_id="askToCollect",
        tags=TAG,
        summary="Ask the bank to let a company collect",
        description="Asked again while it is looked into it answers with the same.",
        parameters=[CUSTOMER],
        request=CreditorRequest,
        responses={201: CreditorAnswer},
    )
    def post(self, request: Request, customer: str) -> Response:
        wish = rest.body_of(CreditorRequest, request)["wish"]
        number = company_named(request, customer)
        asked = services.ask_admission(user=rest.user_of(request), number=number, wish=wish)
        location = reverse("api-creditor", args=[customer])
        return rest.created(CreditorAnswer(asked).data, replayed=False, location=location)


class Mandates(APIView):
    scopes = {"GET": Scope.PAYMENTS_READ, "POST": Scope.PAYMENTS_CREATE}

    @extend_schema(
        operation_id="listMandates",
        tags=TAG,
        summary="Mandates you gave and hold, the latest first",
        responses=DebitMandateList,
    )
    def get(self, request: Request) -> Response:
        found = selectors.mandates_for(rest.user_of(request))[:500]
        seen = [one for one in found if _is_named(request, one)]
        return Response({"items": DebitMandateAnswer(seen, many=True).data})

    @extend_schema(
        operation_id="proposeMandate",
        tags=TAG,
        summary="Ask to be allowed to collect",
        description="Repeated with the same `creditor_reference` and terms it answers with the same mandate.",
        request=DebitMandateRequest,
        responses={201: DebitMandateAnswer},
    )
    def post(self, request: Request) -> Response:
        wanted = rest.body_of(DebitMandateRequest, request)
        scopes.require_account(request, wanted["creditor_account"])
        made = services.propose(user=rest.user_of(request), terms=_terms(wanted))
        location = reverse("api-mandate", args=[made.reference])
        return rest.created(DebitMandateAnswer(made).data, replayed=False, location=location)


class OneMandate(APIView):
    scopes = {"GET": Scope.PAYMENTS_READ}

    @extend_schema(
        operation_id="getMandate",
        tags=TAG,
        summary="A mandate",
        parameters=[REFERENCE],
        responses=DebitMandateAnswer,
    )
    def get(self, request: Request, reference: str) -> Response:
        return Response(DebitMandateAnswer(_mandate(request, reference)).data)


class ConfirmMandate(APIView):
    scopes = {"POST": Scope.PAYMENTS_CREATE}

    @extend_schema(
        operation_id="confirmMandate",
        tags=TAG,
        summary="Let the company collect",
        description="Two calls: the first is answered 403 `STEP_UP_REQUIRED`, the second brings the code.",
        parameters=[REFERENCE],
        request=DebitConfirmation,
        responses={
            200: DebitMandateAnswer,
            (403, "application/problem+json"): OpenApiResponse(step_up.StepUpProblem, "A code is needed."),
        },
        examples=[step_up.EXAMPLE],
    )
    def post(self, request: Request, reference: str) -> Response:
        authorisation = rest.body_of(DebitConfirmation, request).get("authorisation")
        user, mandate = rest.user_of(request), _mandate(request, reference)
        if authorisation is None:
            throttles.check(throttles.CodesSent(), request, self)
            return step_up.ask_for_code(services.start_confirming(user=user, reference=mandate.reference))
        confirmed = services.confirm(
            user=user,
            reference=mandate.reference,
            challenge_id=authorisation.get("challenge_id"),
            code=authorisation.get("code", ""),
        )
        return Response(DebitMandateAnswer(confirmed).data)


class MandateAct(APIView):
    scopes = {"POST": Scope.PAYMENTS_CREATE}

    @extend_schema(
        operation_id="actOnMandate",
        tags=TAG,
        summary="Decline or cancel",
        parameters=[REFERENCE, OpenApiParameter("act", str, "path", enum=sorted(_MANDATE_ACTS))],
        request=None,
        responses=DebitMandateAnswer,
    )
    def post(self, request: Request, reference: str, act: str) -> Response:
        mandate = _mandate(request, reference)
        if act not in _MANDATE_ACTS:
            raise NotFound(what="act")
        changed = _MANDATE_ACTS[act](user=rest.user_of(request), reference=mandate.reference)
        return Response(DebitMandateAnswer(changed).data)


class Collections(APIView):
    scopes = {"GET": Scope.PAYMENTS_READ, "POST": Scope.PAYMENTS_CREATE}

    @extend_schema(
        operation_id="listDirectDebits",
        tags=TAG,
        summary="Direct debits you pay and collect, the latest due first",
        responses=DirectDebitList,
    )
    def get(self, request: Request) -> Response:
        found = selectors.collections_for(rest.user_of(request))[:500]
        seen = [one for one in found if _is_named(request, one.mandate)]
        return Response({"items": DirectDebitAnswer(seen, many=True).data})

    @extend_schema(
        operation_id="collectDirectDebit",
        tags=TAG,
        summary="Announce a collection",
        request=DirectDebitRequest,
        responses={201: DirectDebitAnswer},
    )
    def post(self, request: Request) -> Response:
        wanted = rest.body_of(DirectDebitRequest, request)
        mandate = _mandate(request, wanted.pop("mandate"))
        made = services.collect(user=rest.user_of(request), reference=mandate.reference, **wanted)
        location = reverse("api-direct-debit", args=[made.reference])
        return rest.created(DirectDebitAnswer(made).data, replayed=False, location=location)


class OneCollection(APIView):
    scopes = {"GET": Scope.PAYMENTS_READ}

    @extend_schema(
        operation_id="getDirectDebit",
        tags=TAG,
        summary="A direct debit and what became of it",
        parameters=[REFERENCE],
        responses=DirectDebitAnswer,
    )
    def get(self, request: Request, reference: str) -> Response:
        return Response(DirectDebitAnswer(_collection(request, reference)).data)


class Refunds(APIView):
    scopes = {"POST": Scope.PAYMENTS_CREATE}

    @extend_schema(
        operation_id="refundDirectDebit",
        tags=TAG,
        summary="Ask a direct debit back",
        description="`NO_QUESTION` within eight weeks (CORE). `UNAUTHORISED` within thirteen months, which "
        "also ends the mandate: after eight weeks the bank looks into it first, and `claim` says by when.",
        parameters=[REFERENCE],
        request=DirectDebitRefund,
        responses=DirectDebitAnswer,
    )
    def post(self, request: Request, reference: str) -> Response:
        asked = rest.body_of(DirectDebitRefund, request)
        user, own = rest.user_of(request), _collection(request, reference).reference
        if asked["kind"] == RefundKind.UNAUTHORISED:
            back = services.claim(user=user, reference=own, why=asked["why"])
        else:
            back = services.refund(user=user, reference=own)
        return Response(DirectDebitAnswer(back).data)


class CollectionAct(APIView):
    scopes = {"POST": Scope.PAYMENTS_CREATE}

    @extend_schema(
        operation_id="actOnDirectDebit",
        tags=TAG,
        summary="Refuse it (who pays), or cancel it (the company)",
        parameters=[REFERENCE, OpenApiParameter("act", str, "path", enum=sorted(_COLLECTION_ACTS))],
        request=None,
        responses=DirectDebitAnswer,
    )
    def post(self, request: Request, reference: str, act: str) -> Response:
        found = _collection(request, reference)
        if act not in _COLLECTION_ACTS:
            raise NotFound(what="act")
        changed = _COLLECTION_ACTS[act](user=rest.user_of(request), reference=found.reference)
        return Response(DirectDebitAnswer(changed).data)


def company_named(request: Request, number: str) -> str:
    """The customer number of a company the user acts for and the program's grant is of."""
    company, grant = cif.customer_for(rest.user_of(request), number), scopes.grant_of(request)
    if grant is not None and grant.accounts is not None and grant.customer_id != company.pk:
        raise NotFound(what="customer")
    return company.cif


def _is_named(request: Request, mandate: Mandate) -> bool:
    """Whether a program's grant names an account of the mandate; a person's token names all."""
    named = scopes.accounts_of(request)
    mine = {mandate.debtor_account.number, mandate.creditor_account.number}
    return named is None or bool(mine & named)


def _mandate(request: Request, reference: str) -> Mandate:
    found = selectors.mandate_for(rest.user_of(request), reference)
    if not _is_named(request, found):
        raise NotFound(what="mandate")
    return found


def _collection(request: Request, reference: str) -> Collection:
    found = selectors.collection_for(rest.user_of(request), reference)
    if not _is_named(request, found.mandate):
        raise NotFound(what="direct debit")
    return found


def _terms(wanted: dict[str, Any]) -> Terms:
    return Terms(
        creditor_number=wanted["creditor_account"],
        debtor_number=wanted["debtor_account"],
        debtor_name=wanted["debtor_name"],
        reference=wanted["creditor_reference"],
        limit=wanted["limit"],
        month_limit=wanted["month_limit"],
        first=wanted["first"],
        last=wanted.get("last"),
        kind=MandateKind(wanted["kind"]),
        notice_days=wanted["notice_days"],
    )


ROOT: Final = "direct-debits"
_ONE: Final = f"{ROOT}/mandates/<str:reference>"
_TAKEN: Final = f"{ROOT}/collections/<str:reference>"
urlpatterns = [
    path(f"{ROOT}/creditors/<str:customer>", OneCreditor.as_view(), name="api-creditor"),
    path(f"{ROOT}/mandates", Mandates.as_view(), name="api-mandates"),
    path(_ONE, OneMandate.as_view(), name="api-mandate"),
    path(f"{_ONE}/confirm", ConfirmMandate.as_view(), name="api-mandate-confirm"),
    path(f"{_ONE}/<slug:act>", MandateAct.as_view(), name="api-mandate-act"),
    path(f"{ROOT}/collections", Collections.as_view(), name="api-direct-debits"),
    path(_TAKEN, OneCollection.as_view(), name="api-direct-debit"),
    path(f"{_TAKEN}/refund", Refunds.as_view(), name="api-direct-debit-refund"),
    path(f"{_TAKEN}/<slug:act>", CollectionAct.as_view(), name="api-direct-debit-act"),
]
