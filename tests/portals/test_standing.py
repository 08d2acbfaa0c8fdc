"""Standing orders over HTTP, in the person's door and the company's."""

import re

from django.test import Client

from bank.standing.models import StandingOrder
from tests.portals.town import Town, newest_code

NEW = "/personal/regular/new/"


def given(town: Town, **changes: str) -> dict[str, str]:
    asked = {
        "debtor": town.amina.number,
        "name": town.brian.name,
        "number": town.brian.number,
        "what": "amount",
        "amount": "1,250",
        "message": "Rent",
        "frequency": "MONTHLY",
        "first": "2027-01-31",
        "month_rule": "SAME_DAY",
        "holiday_rule": "MODIFIED_FOLLOWING",
        "retry_days": "2",
    }
    return asked | changes


def confirm(client: Client, town: Town, check: str) -> str:
    page = client.get(check).content.decode()
    asked = re.search(r'name="asked" value="([^"]+)"', page)
    assert asked
    answer = client.post(check, {"asked": asked[1], "code": newest_code(town.amina.user)})
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def test_from_the_form_over_the_dates_to_the_history(town: Town, amina: Client, brian: Client) -> None:
    before = town.books()
    preview = amina.post(NEW, given(town) | {"preview": "1"}).content.decode()
    assert preview.count('<th scope="row">') == 6
    assert "Friday, 29 January 2027" in preview
    check = amina.post(NEW, given(town)).headers["Location"]
    page = amina.get(check).content.decode()
    for said in (town.brian.name, "KES\xa01,250.00", "Every month", "29 Jan", "When you end it"):
        assert said in page, said
    order = confirm(amina, town, check)
    assert amina.get(check).headers["Location"] == order
    page = amina.get(order).content.decode()
    assert "Nothing was due yet" in page
    assert brian.get(order).status_code == 404
    assert brian.post(f"{order}end/").status_code == 404
    for act, said in (("skip", "left out"), ("pause", "until you resume"), ("resume", "paid again")):
        assert said in amina.post(f"{order}{act}/", follow=True).content.decode()
    changed = amina.post(order, {"amount": "1,300", "message": "Rent"}).headers["Location"]
    assert "1,250.00" in amina.get(changed).content.decode()
    confirm(amina, town, changed)
    assert str(StandingOrder.objects.get().money) == "KES 1300.00"
    assert "has ended" in amina.post(f"{order}end/", follow=True).content.decode()
    assert "You ended it" in amina.get("/personal/regular/").content.decode()
    assert town.books() == before


def test_what_is_wrong_is_said_and_nothing_kept(town: Town, amina: Client) -> None:
    for changes, said in (
        ({"first": "2020-01-01"}, "after today"),
        ({"first": "tomorrow"}, "Enter a day"),
        ({"until": "2027-06-30", "times": "3"}, "not both"),
        ({"times": "-1"}, "above zero"),
        ({"number": "123"}, "this one has 3"),
        ({"amount": "1e9"}, "in digits"),
        ({"what": "sweep"}, "account of your own"),
        ({"debtor": town.brian.number}, "Choose one of your accounts"),
        ({"frequency": "HOURLY"}, "valid choice"),
    ):
        answer = amina.post(NEW, given(town, **changes))
        assert answer.status_code == 200
        assert said in answer.content.decode(), changes
    assert not StandingOrder.objects.exists()


def test_a_companys_orders_stand_in_its_own_door(town: Town, treasurer: Client, amina: Client) -> None:
    root = f"/corporate/{town.firm.customer.cif}/regular/"
    asked = given(town, debtor=town.firm.number)
    check = treasurer.post(f"{root}new/", asked).headers["Location"]
    page = treasurer.get(check).content.decode()
    challenge = re.search(r'name="asked" value="([^"]+)"', page)
    assert challenge
    code = newest_code(town.firm.user)
    order = treasurer.post(check, {"asked": challenge[1], "code": code}).headers["Location"]
    assert town.brian.name in treasurer.get(root).content.decode()
    assert treasurer.get(order.replace(f"corporate/{town.firm.customer.cif}", "personal")).status_code == 404
    assert amina.get(root).status_code == 404
