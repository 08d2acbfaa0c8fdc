"""What is kept to be paid again: payees, templates, and groups of payees paid as one payment file."""

from typing import Any

from django.urls import path, reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bank.cif import selectors as cif
from bank.cif.models import Customer
from bank.kernel.errors import NotFound
from bank.kernel.money import Money
from bank.payments import selectors
from bank.payments import services as payments
from bank.payments.api.files import FileAnswer, Uploads, file_as_sent
from bank.payments.models import Beneficiary, PayeeGroup, PaymentTemplate
from bank.payments.rules import NameCheck, TrialState
from bank.payments.services.repeating import MOST_MEMBERS
from bank.web import rest, scopes
from bank.web.scopes import Scope

_TAG = ["Payees, templates and groups"]
_CUSTOMER = OpenApiParameter(
    "customer", OpenApiTypes.STR, required=True, description="CIF number of the person or company."
)


class OfCustomer(rest.StrictSerializer):
    customer = rest.TextField(max_length=20, help_text="CIF number of the person or company.")


class TrialAnswer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(
        choices=[state.value for state in TrialState], source="state_today",
        help_text="Paid are payees that were `TRIED` or `CORRECTED`.",
    )  # fmt: skip
    until = serializers.DateField(help_text="The first day money may follow.")
    reason = serializers.CharField(help_text="Code of a return or change, such as `R03`, `C01`.")
    corrected = serializers.DictField(
        child=serializers.CharField(), help_text="With `CHANGED`, what is right: `number`, `agent`."
    )


class PayeeAnswer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    account = serializers.CharField(source="number")
    agent = serializers.CharField(help_text="BIC, bank code, or `MPESA`.")
    country = serializers.CharField(help_text="Empty within the bank.")
    name_check = serializers.ChoiceField(choices=[result.value for result in NameCheck])
    trial = TrialAnswer(
        allow_null=True, help_text="How the account was tried without money; null where nobody asked for it."
    )


class PayeeList(serializers.Serializer[Any]):
    items = PayeeAnswer(many=True)


class TemplateRequest(rest.StrictSerializer):
    customer = rest.TextField(max_length=20, help_text="CIF number of the person or company.")
    name = rest.TextField(max_length=60)
    debtor_account = rest.TextField(max_length=34)
    creditor_account = rest.TextField(max_length=34)
    creditor_name = rest.TextField(max_length=140)
    creditor_agent = rest.TextField(max_length=35, allow_blank=True, default="")
    creditor_country = rest.TextField(max_length=2, allow_blank=True, default="")
    amount = rest.MoneyField()
    remittance = rest.TextField(max_length=140, allow_blank=True, default="")


class TemplateAnswer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    debtor_account = serializers.CharField(source="debtor_account.number")
    creditor_account = serializers.CharField(source="creditor_number")
    creditor_name = serializers.CharField()
    creditor_agent = serializers.CharField()
    creditor_country = serializers.CharField()
    amount = rest.MoneyField(source="money")
    remittance = serializers.CharField()


class TemplateList(serializers.Serializer[Any]):
    items = TemplateAnswer(many=True)


class MemberRequest(rest.StrictSerializer):
    payee = serializers.IntegerField(min_value=1, help_text="The id of a kept payee.")
    amount = rest.MoneyField()
    remittance = rest.TextField(max_length=140, allow_blank=True, default="")


class GroupRequest(rest.StrictSerializer):
    customer = rest.TextField(max_length=20, help_text="CIF number of the person or company.")
    name = rest.TextField(max_length=60)
    members = serializers.ListField(child=MemberRequest(), max_length=MOST_MEMBERS)


class MemberAnswer(serializers.Serializer[Any]):
    payee = PayeeAnswer()
    amount = rest.MoneyField()
    remittance = serializers.CharField()


class GroupAnswer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    total = rest.MoneyField()
    members = MemberAnswer(many=True)


class GroupList(serializers.Serializer[Any]):
    items = GroupAnswer(many=True)


class GroupPayment(OfCustomer):
    debtor_account = rest.TextField(max_length=34, help_text="The account that pays all of them.")


class Payees(APIView):
    scopes = {"GET": Scope.PAYMENTS_READ}

    @extend_schema(
        operation_id="listPayees",
        tags=_TAG,
        summary="The payees a customer keeps",
        parameters=[_CUSTOMER],
        responses=PayeeList,
    )
    def get(self, request: Request) -> Response:
        found = selectors.beneficiaries(rest.user_of(request), _asked(request))
        return Response({"items": [_payee(one) for one in found]})


class Templates(APIView):
    scopes = {"GET": Scope.PAYMENTS_READ, "POST": Scope.PAYMENTS_CREATE}

    @extend_schema(
        operation_id="listPaymentTemplates",
        tags=_TAG,
        summary="Payments kept to be made again",
        description="Pay one by `POST /transfers` with what it says, the amount changed where it is another.",
        parameters=[_CUSTOMER],
        responses=TemplateList,
    )
    def get(self, request: Request) -> Response:
        found = selectors.templates_of(rest.user_of(request), _asked(request))
        return Response({"items": [_template(one) for one in found if _is_open(request, one)]})

    @extend_schema(
        operation_id="keepPaymentTemplate",
        tags=_TAG,
        summary="Keep a payment as a template",
        parameters=[rest.IDEMPOTENCY_KEY],
        request=TemplateRequest,
        responses={201: TemplateAnswer},
    )
    def post(self, request: Request) -> Response:
        wanted = rest.body_of(TemplateRequest, request)
        customer = _customer(request, wanted["customer"])
        scopes.require_account(request, wanted["debtor_account"])
        agent = wanted["creditor_agent"]
        made = rest.once(
            request, "keep_template", {**wanted, "amount": str(wanted["amount"])},
            lambda: _template(
                payments.keep_template(
                    user=rest.user_of(request), cif_number=customer.cif, name=wanted["name"],
                    debtor_number=wanted["debtor_account"], creditor_name=wanted["creditor_name"],
                    creditor_number=wanted["creditor_account"], amount=wanted["amount"],
                    remittance=wanted["remittance"],
                    to=payments.Elsewhere(agent, wanted["creditor_country"]) if agent else None,
                )
            ),
        )  # fmt: skip
        return Response(made, status=201)


class OneTemplate(APIView):
    scopes = {"DELETE": Scope.PAYMENTS_CREATE}

    @extend_schema(
        operation_id="removePaymentTemplate",
        tags=_TAG,
        summary="Let go of a template",
        parameters=[_CUSTOMER],
        request=None,
        responses={204: None},
    )
    def delete(self, request: Request, template_id: int) -> Response:
        payments.remove_template(
            user=rest.user_of(request), cif_number=_asked(request).cif, template_id=template_id
        )
        return Response(status=204)


class Groups(APIView):
    scopes = {"GET": Scope.PAYMENTS_READ, "POST": Scope.PAYMENTS_CREATE}

    @extend_schema(
        operation_id="listPayeeGroups",
        tags=_TAG,
        summary="Groups of payees",
        parameters=[_CUSTOMER],
        responses=GroupList,
    )
    def get(self, request: Request) -> Response:
        found = selectors.groups_of(rest.user_of(request), _asked(request))
        return Response({"items": [_group(one) for one in found]})

    @extend_schema(
        operation_id="keepPayeeGroup",
        tags=_TAG,
        summary="Put payees together",
        description=f"Up to {MOST_MEMBERS} kept payees, all in one currency, each with what they get.",
        parameters=[rest.IDEMPOTENCY_KEY],
        request=GroupRequest,
        responses={201: GroupAnswer},
    )
    def post(self, request: Request) -> Response:
        wanted = rest.body_of(GroupRequest, request)
        customer = _customer(request, wanted["customer"])
        members = [
            payments.Member(one["payee"], one["amount"], one["remittance"]) for one in wanted["members"]
        ]
        said = [[one.payee_id, str(one.amount), one.remittance] for one in members]
        made = rest.once(
            request, "keep_group", {"customer": customer.cif, "name": wanted["name"], "members": said},
            lambda: _group(
                payments.keep_group(
                    user=rest.user_of(request), cif_number=customer.cif, name=wanted["name"], members=members
                )
            ),
        )  # fmt: skip
        return Response(made, status=201)


class OneGroup(APIView):
    scopes = {"GET": Scope.PAYMENTS_READ, "DELETE": Scope.PAYMENTS_CREATE}

    @extend_schema(
        operation_id="getPayeeGroup",
        tags=_TAG,
        summary="A group of payees",
        parameters=[_CUSTOMER],
        responses=GroupAnswer,
    )
    def get(self, request: Request, group_id: int) -> Response:
        return Response(_group(selectors.group_of(rest.user_of(request), _asked(request), group_id)))

    @extend_schema(
        operation_id="removePayeeGroup",
        tags=_TAG,
        summary="Let go of a group; its payees stay",
        parameters=[_CUSTOMER],
        request=None,
        responses={204: None},
    )
    def delete(self, request: Request, group_id: int) -> Response:
        payments.remove_group(user=rest.user_of(request), cif_number=_asked(request).cif, group_id=group_id)
        return Response(status=204)


class GroupPayments(APIView):
    scopes = {"POST": Scope.FILES_CREATE}
    throttle_classes = (Uploads,)

    @extend_schema(
        operation_id="payPayeeGroup",
        tags=_TAG,
        summary="Make a payment file of a group",
        description="Checked as any file; `POST /payment-files/{reference}/confirm` pays all of it with one "
        "code that states the total, and its lines say what became of each payee.",
        parameters=[rest.IDEMPOTENCY_KEY],
        request=GroupPayment,
        responses={201: OpenApiResponse(FileAnswer, "CHECKED, or REJECTED with its faults.")},
    )
    def post(self, request: Request, group_id: int) -> Response:
        key, wanted = rest.idempotency_key(request), rest.body_of(GroupPayment, request)
        customer = _customer(request, wanted["customer"])
        scopes.require_account(request, wanted["debtor_account"])
        file = payments.pay_group(
            user=rest.user_of(request), cif_number=customer.cif, group_id=group_id,
            debtor_number=wanted["debtor_account"], key=key,
        )  # fmt: skip
        location = reverse("api-payment-file", args=[file.reference])
        return rest.created(file_as_sent(file), replayed=False, location=location)


def _asked(request: Request) -> Customer:
    return _customer(request, rest.query_of(OfCustomer, request)["customer"])


def _customer(request: Request, number: str) -> Customer:
    """The customer; a company's program its own alone, and an app that was let see accounts none: whom
    somebody pays is more than these say."""
    customer = cif.customer_for(rest.user_of(request), number)
    grant = scopes.grant_of(request)
    if grant is not None and grant.accounts is not None and grant.customer_id != customer.pk:
        raise NotFound(what="customer")
    return customer


def _is_open(request: Request, template: PaymentTemplate) -> bool:
    named = scopes.accounts_of(request)
    return named is None or template.debtor_account.number in named


def _payee(payee: Beneficiary) -> dict[str, Any]:
    return dict(PayeeAnswer(payee).data)


def _template(template: PaymentTemplate) -> dict[str, Any]:
    return dict(TemplateAnswer(template).data)


def _group(group: PayeeGroup) -> dict[str, Any]:
    money = rest.MoneyField().to_representation
    members = selectors.members(group)
    total = sum((one.amount for one in members), Money.zero(group.currency).amount)
    return {
        "id": group.pk,
        "name": group.name,
        "total": money(Money(total, group.currency)),
        "members": [
            {
                "payee": _payee(one.payee),
                "amount": money(Money(one.amount, group.currency)),
                "remittance": one.remittance,
            }
            for one in members
        ],
    }


urlpatterns = [
    path("payees", Payees.as_view(), name="api-payees"),
    path("payment-templates", Templates.as_view(), name="api-payment-templates"),
    path("payment-templates/<int:template_id>", OneTemplate.as_view(), name="api-payment-template"),
    path("payee-groups", Groups.as_view(), name="api-payee-groups"),
    path("payee-groups/<int:group_id>", OneGroup.as_view(), name="api-payee-group"),
    path("payee-groups/<int:group_id>/payments", GroupPayments.as_view(), name="api-payee-group-payments"),
]
