"""What a role may decide is changed by two people who do not have it, and holds from the approval on."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from bank.identity import duty
from bank.identity import services as identity
from bank.identity.models import RoleLimit
from bank.identity.role_rules import Act
from bank.kernel.errors import BankError, Conflict, NotAllowed
from bank.kernel.money import Money
from bank.workflows import commands, selectors, services
from bank.workflows.errors import MakerIsChecker, PayloadUnusable
from bank.workflows.models import Command
from tests.identity import open_browser
from tests.workflows.conftest import employ

pytestmark = pytest.mark.django_db


def test_two_change_what_a_teller_may_decide(client: Client) -> None:
    identity.seed_roles()
    halima, omar = employ("halima", "ADMINISTRATOR"), employ("omar", "ADMINISTRATOR")
    joseph = employ("joseph", "TELLER")
    both = employ("wanja", "ADMINISTRATOR")
    both.groups.add(*Group.objects.filter(name__in=["TELLER", "BRANCH_MANAGER"]))
    before = duty.limit_of(joseph, Act.CASH)
    rows = list(RoleLimit.objects.order_by("pk").values_list("role__name", "act", "maximum"))
    asked = {"role": "TELLER", "act": "CASH", "maximum": Decimal("50000.00"), "reason": "Fewer robberies"}
    refused: list[tuple[dict[str, object], type[BankError]]] = [
        ({"maker": joseph}, NotAllowed),
        ({"maker": both}, NotAllowed),
        ({"role": "POPE"}, PayloadUnusable),
        ({"act": "ALL"}, PayloadUnusable),
        ({"maximum": Decimal(-1)}, PayloadUnusable),
        ({"maximum": Decimal(10**15 + 1)}, PayloadUnusable),
        ({"maximum": Decimal("0.001")}, BankError),
        ({"maximum": Decimal(500_000)}, Conflict),
    ]
    for changes, refusal in refused:
        with pytest.raises(refusal):
            commands.propose_limit(**({"maker": halima} | asked | changes))
    open_browser(client, halima)
    start = reverse("admin:identity_rolelimit_start", args=("limit",))
    assert client.get(reverse("admin:identity_rolelimit_changelist")).content.decode().count(start) == 1
    assert client.post(start, asked | {"maximum": "-1"}).status_code == 200
    shown = client.post(start, asked)
    assert (shown.status_code, [told for _label, told in shown.context["preview"]]) == (200, ["2", "1"])
    assert not Command.objects.exists()
    assert client.post(start, asked | {"seen": shown.context["seen"]}).status_code == 302
    waiting = Command.objects.get()
    assert [(one.label, one.after) for one in selectors.difference_now(waiting)] == [
        ("TELLER: CASH", "KES\xa050,000.00"),
        ("Members of staff it holds for", "2"),
    ]
    with pytest.raises(MakerIsChecker):
        services.approve(command=waiting, checker=halima)
    with pytest.raises(NotAllowed):
        services.approve(command=waiting, checker=both)
    assert list(RoleLimit.objects.order_by("pk").values_list("role__name", "act", "maximum")) == rows
    assert duty.limit_of(joseph, Act.CASH) == before
    assert services.approve(command=waiting, checker=omar).state == "APPROVED"
    assert duty.limit_of(joseph, Act.CASH) == Money.of("50000", "KES")
    fresh = commands.propose_limit(**(asked | {"act": "WAIVER", "maker": omar}))
    assert services.approve(command=fresh, checker=halima).state == "APPROVED"
    assert duty.limit_of(joseph, Act.WAIVER) == Money.of("50000", "KES")
