"""A person pays again: by a template with another amount, and several payees in one act with one code."""

import re
from datetime import timedelta

from django.test import Client

from bank.kernel import clock
from bank.payments.models import Beneficiary, PayeeGroup, PaymentFile, PaymentOrder, PaymentTemplate
from bank.runtime import formats
from tests.portals.test_paying import asked_on, send, to_check
from tests.portals.town import Town, newest_code

HOME = "/personal/"


def keep(town: Town, name: str, number: str) -> Beneficiary:
    return Beneficiary.objects.create(
        customer=town.amina.customer, name=name, number=number, agent="UMOJKENA", name_check="MATCH",
        added_by=town.amina.user, added_at=clock.now(),
    )  # fmt: skip


def test_a_payment_is_kept_as_a_template_and_made_again_with_another_amount(
    town: Town, amina: Client, brian: Client
) -> None:
    receipt = send(amina, town, to_check(amina, town)).headers["Location"]
    assert "Keep it as a template" in amina.get(receipt).content.decode()
    assert "letters" in amina.post(f"{receipt}keep/", {"name": "x" * 61}, follow=True).content.decode()
    for _ in "ab":
        kept = amina.post(f"{receipt}keep/", {"name": "Rent share"}, follow=True)
    assert "Rent share" in kept.content.decode()
    template = PaymentTemplate.objects.get()
    assert brian.post(f"{receipt}keep/", {"name": "Mine"}).status_code == 404
    assert brian.post(f"{HOME}pay/", {"template": template.pk}).status_code == 404
    assert "Rent share" in amina.get(f"{HOME}pay/").content.decode()
    amount = amina.post(f"{HOME}pay/", {"template": template.pk}).headers["Location"]
    page = amina.get(amount).content.decode()
    assert 'value="1,250.00"' in page
    assert "Rent share" in page
    given = {"debtor": town.amina.number, "amount": "1,300", "message": "Rent share, December"}
    check = amina.post(amount, given).headers["Location"]
    send(amina, town, check)
    assert [str(one.money) for one in PaymentOrder.objects.order_by("pk")] == ["KES 1250.00", "KES 1300.00"]
    assert brian.post(f"{HOME}payees/templates/{template.pk}/remove/").status_code == 404
    amina.post(f"{HOME}payees/templates/{template.pk}/remove/")
    assert "Templates" not in amina.get(f"{HOME}payees/").content.decode()


def test_a_group_is_paid_in_one_act_with_a_result_for_each(town: Town, amina: Client, brian: Client) -> None:
    brians, firms = (
        keep(town, town.brian.name, town.brian.number),
        keep(town, town.firm.name, town.firm.number),
    )
    form = {
        "name": "Every month",
        "currency": "KES",
        f"pay_{brians.pk}": "700",
        f"pay_{firms.pk}": "1,300.50",
    }
    made = amina.post(f"{HOME}groups/new/", form).headers["Location"]
    group = PayeeGroup.objects.get()
    assert made == f"{HOME}groups/{group.pk}/"
    assert "2,000.50" in amina.get(made).content.decode()
    assert "Every month" in amina.get(f"{HOME}payees/").content.decode()
    assert [brian.get(made).status_code, brian.post(f"{made}remove/").status_code] == [404, 404]
    assert brian.post(made, {"account": town.brian.number, "key": "b"}).status_code == 404
    before = town.books()
    key = re.search(r'name="key" value="([^"]+)"', amina.get(made).content.decode())
    assert key
    asked = {"account": town.amina.number, "key": key[1]}
    check = amina.post(made, asked).headers["Location"]
    answer = amina.get(check)
    assert [one["label"] for one in answer.context["nav"] if one["current"]] == ["Payees", "More"]
    page = answer.content.decode()
    for said in (town.brian.name, "KES 700.00", "KES 1,300.50", "In total", "Send KES"):
        assert said in page.replace("\xa0", " ")
    assert town.books() == before
    form = {"asked": asked_on(amina, check), "code": newest_code(town.amina.user)}
    first, second = amina.post(check, form), amina.post(check, form)
    result = first.headers["Location"]
    assert result == second.headers["Location"]
    page = amina.get(result).content.decode().replace("\xa0", " ")
    assert "2 payments were made." in page
    assert "KES 2,000.50" in page
    assert brian.get(result).status_code == 404
    assert PaymentOrder.objects.count() == 2
    assert amina.post(made, asked).headers["Location"] == result, "sent twice it is paid once"
    late = (clock.now() - timedelta(days=2)).replace(hour=21, minute=30)
    PaymentFile.objects.filter(status="PAID").update(uploaded_at=late)
    again = amina.post(made, {**asked, "key": "another"}).headers["Location"]
    page = amina.get(again).content.decode().replace("\xa0", " ")
    assert "Is this a second payment?" in page
    assert f"on {formats.day(clock.day_of(late))}." in page, "the day it was where the bank is"
    Beneficiary.objects.filter(pk=firms.pk).update(removed_at=clock.now())
    alone = amina.post(made, {**asked, "key": "third"}).headers["Location"]
    assert town.firm.name not in amina.get(alone).content.decode()
    amina.post(f"{made}remove/")
    assert amina.get(made).status_code == 404
    assert PaymentFile.objects.filter(status="PAID").count() == 1
