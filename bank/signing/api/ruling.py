"""REST: a company's signing rules, classes and delegations. ``/api/v1/signing-rules``; for people alone."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bank.cif import selectors as cif
from bank.cif.models import Customer, Mandate
from bank.kernel.money import Money
from bank.signing import differences, rules, selectors, services
from bank.signing.api.approvals import DifferenceAnswer
from bank.signing.differences import Handover, Wanted
from bank.signing.models import Delegation, SigningRule
from bank.signing.rules import REASON_LETTERS, PaymentType, Step
from bank.web import rest, step_up, throttles

_TAG = ["Signing rules"]


class RuleAnswer(serializers.Serializer[Any]):
    currency = serializers.CharField()
    above = serializers.CharField()
    ways = serializers.CharField(help_text="`A+B or B+B+B`; a plain number is so many of anybody.")
    in_order = serializers.BooleanField()
    maker_counts = serializers.BooleanField()
    hours = serializers.IntegerField()
    account = serializers.CharField(help_text="Empty for every account.")
    payment_type = serializers.CharField(help_text="Empty for every type of payment.")


class SignatoryAnswer(serializers.Serializer[Any]):
    email = serializers.CharField()
    name = serializers.CharField()
    can_pay = serializers.BooleanField()
    signature_class = serializers.CharField()
    single_limit = rest.MoneyField(allow_null=True)


class DelegationAnswer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    of = serializers.CharField()
    to = serializers.CharField()
    valid_from = serializers.DateField()
    valid_until = serializers.DateField()


class RulesAnswer(serializers.Serializer[Any]):
    customer = serializers.CharField()
    rules = RuleAnswer(many=True)
    change_needs = serializers.ListField(
        child=serializers.CharField(), help_text="Who must sign a change of these rules; each line."
    )
    people = SignatoryAnswer(many=True)
    delegations = DelegationAnswer(many=True)


class RulesQuery(rest.StrictSerializer):
    customer = rest.TextField(max_length=20, help_text="The company's CIF number.")


class RuleRequest(rest.StrictSerializer):
    currency = rest.TextField(max_length=3)
    above = serializers.DecimalField(max_digits=20, decimal_places=4, min_value=0)
    ways = rest.TextField(max_length=80)
    in_order = serializers.BooleanField(default=False)
    maker_counts = serializers.BooleanField(default=True)
    hours = serializers.IntegerField(default=rules.HOURS)
    account = rest.TextField(max_length=34, default="", allow_blank=True)
    payment_type = serializers.ChoiceField(
        default="", allow_blank=True, choices=[one.value for one in PaymentType]
    )


class PersonRequest(rest.StrictSerializer):
    email = rest.TextField(max_length=254)
    signature_class = rest.TextField(required=False, max_length=1, allow_blank=True)
    single_limit = rest.MoneyField(required=False, allow_null=True)


class DelegationRequest(rest.StrictSerializer):
    of = rest.TextField(max_length=254, help_text="Whose signature is given; an e-mail address.")
    to = rest.TextField(max_length=254, help_text="Who gives it.")
    valid_from = serializers.DateField()
    valid_until = serializers.DateField()


class ChangeRequest(rest.StrictSerializer):
    customer = rest.TextField(max_length=20, help_text="The company's CIF number.")
    reason = rest.TextField(max_length=REASON_LETTERS)
    rules = RuleRequest(many=True, required=False, help_text="All rules of each currency that is named.")
    no_rules = serializers.ListField(
        child=rest.TextField(max_length=3), required=False, max_length=10,
        help_text="Currencies that are to have no rule of the company's own.",
    )  # fmt: skip
    people = PersonRequest(many=True, required=False)
    delegations = DelegationRequest(many=True, required=False)
    authorisation = step_up.Authorisation(required=False)


class ChangeAnswer(serializers.Serializer[Any]):
    reference = serializers.CharField()
    in_force = serializers.BooleanField(help_text="At once where nobody else could sign.")
    approval = serializers.CharField(allow_null=True)
    difference = DifferenceAnswer(many=True)


class SigningRules(APIView):
    @extend_schema(
        operation_id="getSigningRules", tags=_TAG, summary="Who signs what for a company",
        parameters=[RulesQuery], responses=RulesAnswer,
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        query, user = rest.query_of(RulesQuery, request), rest.user_of(request)
        return Response(_answer(cif.customer_for(user, query["customer"])))


class ChangeSigningRules(APIView):
    @extend_schema(
        operation_id="changeSigningRules",
        tags=_TAG,
        summary="Ask for other rules, classes, limits or delegations",
        description="For the company's owners. Others sign it as the strictest of the present rules says; "
        "nothing changes before. Without `authorisation` the answer is 403 `STEP_UP_REQUIRED`.",
        parameters=[rest.IDEMPOTENCY_KEY],
        request=ChangeRequest,
        responses={201: ChangeAnswer},
    )
    def post(self, request: Request) -> Response:
        given, user = rest.body_of(ChangeRequest, request), rest.user_of(request)
        customer, wanted = cif.customer_for(user, given["customer"]), _wanted(given)
        asked: dict[str, Any] = {"customer": customer, "wanted": wanted, "reason": given["reason"]}
        authorisation = given.get("authorisation")
        if authorisation is None or authorisation["permit"]:
            throttles.check(throttles.CodesSent(), request, self)
            return step_up.ask_for_code(services.start_change(user=user, **asked))

        def run() -> dict[str, Any]:
            made, approval = services.change(
                user=user, **asked, challenge_id=authorisation["challenge_id"], code=authorisation["code"]
            )
            return {
                "reference": made.reference,
                "in_force": approval is None,
                "approval": approval.reference if approval else None,
                "difference": made.difference,
            }

        content = {"wanted": differences.as_json(wanted), "reason": given["reason"], "of": customer.cif}
        return Response(rest.once(request, "signing.change", content, run), status=201)


class EndDelegation(APIView):
    @extend_schema(
        operation_id="endDelegation", tags=_TAG, summary="End a delegation at once",
        parameters=[OpenApiParameter("id", int, OpenApiParameter.PATH), RulesQuery, rest.IDEMPOTENCY_KEY],
        request=None, responses=RulesAnswer,
    )  # fmt: skip
    def post(self, request: Request, pk: int) -> Response:
        query, user = rest.query_of(RulesQuery, request), rest.user_of(request)
        customer = cif.customer_for(user, query["customer"])

        def run() -> dict[str, Any]:
            found = selectors.delegation_for(user, customer, pk)
            services.end_delegation(user=user, delegation=found)
            return {}

        rest.once(request, "signing.end_delegation", {"delegation": pk, "of": customer.cif}, run)
        return Response(_answer(customer))


def _wanted(given: dict[str, Any]) -> Wanted:
    steps: dict[str, list[Step]] = {currency: [] for currency in given.get("no_rules", [])}
    for one in given.get("rules", []):
        steps.setdefault(one["currency"], []).append(
            Step(
                one["above"], ways=rules.read_ways(one["ways"]), in_order=one["in_order"],
                maker_counts=one["maker_counts"], hours=one["hours"], account=one["account"],
                payment_type=one["payment_type"],
            )
        )  # fmt: skip
    people = given.get("people", [])
    return Wanted(
        rules=steps,
        classes={one["email"]: one["signature_class"] for one in people if "signature_class" in one},
        limits={one["email"]: one["single_limit"] for one in people if "single_limit" in one},
        delegations=tuple(Handover(**one) for one in given.get("delegations", [])),
    )


def _answer(customer: Customer) -> dict[str, Any]:
    return {
        "customer": customer.cif,
        "rules": [_rule(one) for one in selectors.rules_of(customer)],
        "change_needs": [rules.write_ways(terms.ways) for terms in selectors.strictest(customer)],
        "people": [_person(one) for one in differences.mandates_of(customer)],
        "delegations": [_delegation(one) for one in selectors.delegations_of(customer)],
    }


def _rule(row: SigningRule) -> dict[str, Any]:
    return {
        "currency": row.currency,
        "above": f"{Money.of(row.above, row.currency).amount:f}",
        "ways": rules.write_ways(row.step.terms.ways),
        "in_order": row.in_order,
        "maker_counts": row.maker_counts,
        "hours": row.hours,
        "account": row.account,
        "payment_type": row.payment_type,
    }


def _person(mandate: Mandate) -> dict[str, Any]:
    limit = Money(mandate.single_limit, mandate.limit_currency) if mandate.single_limit else None
    return {
        "email": mandate.user.email,
        "name": mandate.user.full_name,
        "can_pay": mandate.can_pay,
        "signature_class": mandate.signature_class,
        "single_limit": rest.MoneyField().to_representation(limit) if limit else None,
    }


def _delegation(one: Delegation) -> dict[str, Any]:
    return {
        "id": one.pk,
        "of": one.delegator.email,
        "to": one.delegate.email,
        "valid_from": one.valid_from.isoformat(),
        "valid_until": one.valid_until.isoformat(),
    }


urlpatterns = [
    path("signing-rules", SigningRules.as_view(), name="api-signing-rules"),
    path("signing-rules/changes", ChangeSigningRules.as_view(), name="api-signing-change"),
    path("signing-rules/delegations/<int:pk>/end", EndDelegation.as_view(), name="api-delegation-end"),
]
