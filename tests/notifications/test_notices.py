"""Notices: who hears of what, once, by which channel, in whose language; the bell and its pages."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.db import transaction
from django.test import Client, TestCase
from django.utils import timezone

from bank import ledger
from bank.cif import services as cif
from bank.cif.models import Mandate
from bank.deposits import services as deposits
from bank.deposits.eod import remind
from bank.identity import notices as sign_ins
from bank.identity import phones
from bank.identity.models import User
from bank.kernel import clock
from bank.notifications import rules, selectors, services
from bank.notifications.models import Notice, NoticeSending
from bank.notifications.rules import Channel, NoticeKind
from bank.payments import services as payments
from bank.payments.services import Operator
from bank.runtime import outbox, sms
from bank.runtime.models import OutboxMessage, SentSms
from bank.runtime.steps import Day
from bank.standing.models import StandingOrder
from tests.portals import town as streets
from tests.portals.town import Money, Resident, Town
from tests.worlds import Standing

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(standing_town: Standing[Town], db: None) -> Town:
    return standing_town.visit()


def pay(payer: Resident, payee: Resident, key: str = "k1") -> str:
    return payments.pay(
        user=payer.user,
        debtor_number=payer.number,
        creditor_number=payee.number,
        creditor_name=payee.name,
        amount=Money.of("1250.00", "KES"),
        key=key,
        authorisation=Operator("test"),
    ).reference


def heard(user: User) -> list[str]:
    return list(Notice.objects.filter(user=user).order_by("id").values_list("kind", flat=True))


def again() -> None:
    """Everything told once more, as after a crash."""
    OutboxMessage.objects.update(delivered_at=None, next_try_at=clock.now())
    outbox.deliver_due(500)


def test_payer_and_payee_hear_once_and_whoever_acts_for_neither_does_not(town: Town) -> None:
    revoked = Mandate.objects.get(user=town.bookkeeper)
    pay(town.firm, town.brian)
    outbox.deliver_due()
    again()
    assert heard(town.firm.user) == heard(town.bookkeeper) == ["PAYMENT_SETTLED"]
    assert heard(town.brian.user) == ["MONEY_IN"]
    assert heard(town.amina.user) == []
    cif.revoke_mandate(mandate=revoked)
    pay(town.firm, town.brian, "k2")
    outbox.deliver_due()
    assert len(heard(town.firm.user)) == len(heard(town.brian.user)) == 2
    assert heard(town.bookkeeper) == ["PAYMENT_SETTLED"]
    assert not selectors.notices_for(town.bookkeeper).exists()
    assert not NoticeSending.objects.exists()


def test_choices_say_by_which_channel_and_mail_and_sms_name_nobody(town: Town) -> None:
    brian = town.brian.user
    phones.trust(user=brian, phone="+254712345678")
    User.objects.filter(pk=brian.pk).update(language="sw")
    services.choose(user=brian, chosen={NoticeKind.MONEY_IN: [Channel.EMAIL, Channel.SMS]})
    mail.outbox.clear()
    pay(town.amina, town.brian)
    outbox.deliver_due()
    again()
    assert services.send_due() == 2
    assert services.send_due() == 0
    (letter,) = (one for one in mail.outbox if "/account/notices/" in one.body)
    (text,) = sent_texts("+254712345678")
    digits = town.brian.number[-4:]
    assert letter.to == [brian.email]
    assert "Pesa ziliingia" in letter.subject
    for said in (text, letter.body):
        assert digits in said
        for private in (town.amina.name, town.brian.name, "1,250", "1250", town.brian.number):
            assert private not in said
    assert not selectors.notices_for(brian).exists()


def sent_texts(phone: str) -> list[str]:
    return list(SentSms.objects.filter(recipient=phone).values_list("text", flat=True))


def test_a_refused_sending_is_tried_again_and_one_revoked_meanwhile_is_not_sent(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"account": town.firm.number, "amount": "1.00", "currency": "KES"}
    readers = {one.user: one.customer_id for one in selectors.hearers(town.firm.accounts[0])}
    services.tell(readers=readers, kind=NoticeKind.PAYMENT_RETURNED, event_id=uuid4(), told=told)
    cif.revoke_mandate(mandate=Mandate.objects.get(user=town.bookkeeper))

    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(town.firm.user.email)

    with monkeypatch.context() as broken:
        broken.setattr("bank.notifications.services.sending.EmailMessage.send", refuse)
        assert services.send_due() == 2
    mine, theirs = (NoticeSending.objects.get(notice__user=one) for one in (town.firm.user, town.bookkeeper))
    assert (mine.sent_at, mine.given_up_at, mine.tries) == (None, None, 1)
    assert theirs.given_up_at is not None
    NoticeSending.objects.filter(pk=mine.pk).update(due_at=clock.now(), tries=rules.MOST_SENDINGS - 1)
    mail.outbox.clear()
    assert services.send_due() == 1
    assert [one.to for one in mail.outbox] == [[town.firm.user.email]]
    assert town.firm.name in mail.outbox[0].body


def test_what_protects_a_sign_in_cannot_be_chosen_away(town: Town) -> None:
    amina = town.amina.user
    services.choose(user=amina, chosen={kind: [] for kind in NoticeKind})
    sign_ins.send(amina, sign_ins.Kind.NEW_DEVICE)
    sign_ins.send(amina, sign_ins.Kind.SIGNED_IN)
    challenge = payments.start_beneficiary(**payee(town))
    payments.add_beneficiary(**payee(town), challenge_id=challenge.id, code=streets.newest_code(amina))
    pay(town.firm, town.amina)
    mail.outbox.clear()
    outbox.deliver_due()
    assert heard(amina) == ["NEW_DEVICE", "PAYEE_ADDED"]
    assert services.send_due() == 0
    assert [one.subject for one in mail.outbox if "device" in one.subject] != []


def payee(town: Town) -> dict[str, Any]:
    return {
        "user": town.amina.user,
        "cif_number": town.amina.customer.cif,
        "name": town.brian.name,
        "number": town.brian.number,
    }


def test_a_deposit_is_announced_a_week_before_its_day_once(town: Town) -> None:
    order = deposits.Order("FIXED", town.amina.number, Money.of("50000.00", "KES"), months=3)
    streets.fund(town.amina.accounts[0], "60000.00")
    deposit = deposits.open_for(customer=town.amina.customer, order=order, key="d1")[0]
    assert deposit.maturity_date is not None
    ahead = deposit.maturity_date - timedelta(days=9)
    for start in (ahead, ahead + timedelta(days=3), ahead, ahead + timedelta(days=3)):
        with transaction.atomic():
            remind(Day(start, start + timedelta(days=3)), "")
    outbox.deliver_due()
    assert heard(town.amina.user) == ["DEPOSIT_MATURING"]
    assert NoticeSending.objects.get().channel == Channel.EMAIL


def test_a_standing_order_that_failed_and_a_file_that_was_paid(town: Town) -> None:
    order = StandingOrder(
        reference="SO-1", debtor_account=town.amina.accounts[0], creditor_number=town.brian.number,
        creditor_name=town.brian.name, amount=1, currency="KES", frequency="ONCE",
        first_date=ledger.business_date(), made_by=town.amina.user, idempotency_key="x", request_digest=b"x",
        status="ENDED",
    )  # fmt: skip
    order.save()
    for status in ("RETRYING", "PAID", "FAILED"):
        outbox.emit("standing.ran", {"reference": "SO-1", "due": "2026-11-02", "status": status})
    outbox.deliver_due()
    assert heard(town.amina.user) == ["STANDING_FAILED"]


def test_the_bell_counts_and_the_list_is_read(town: Town, django_assert_max_num_queries: Any) -> None:
    brian, amina = streets.browser(town.brian.user), streets.browser(town.amina.user)
    for key in ("a", "b"):
        pay(town.amina, town.brian, key)
    outbox.deliver_due()
    page(amina, "/personal/")
    cache.clear()
    assert brian.get("/home/").url == "/personal/"
    with django_assert_max_num_queries(12):
        assert '<b class="number">2<' in page(brian, "/personal/")
    with django_assert_max_num_queries(12):
        shown = page(brian, "/account/notices/")
    assert shown.count(town.amina.name) == 2
    assert f"/personal/accounts/{town.brian.number}/" in shown
    newest = Notice.objects.filter(user=town.brian.user).latest("id").pk
    for who, sent in ((amina, newest), (brian, "x"), (brian, newest - 1)):
        assert who.post("/account/notices/read/", {"newest": sent}).status_code == 302
    assert selectors.notices_for(town.brian.user).filter(read_at=None).count() == 1
    cache.clear()
    assert '<b class="number">1<' in page(brian, "/personal/")
    with TestCase.captureOnCommitCallbacks(execute=True):
        brian.post("/account/notices/read/", {"newest": newest})
    assert '<b class="number">' not in page(brian, "/personal/")
    assert Client().get("/account/notices/").status_code == 302


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_choices_are_kept_by_the_page(town: Town) -> None:
    brian = streets.browser(town.brian.user)
    assert "Always" in page(brian, "/account/notices/choices/")
    sent = {"MONEY_IN": ["SMS", "PORTAL", "PIGEON"], "NEW_DEVICE": []}
    assert brian.post("/account/notices/choices/", sent).status_code == 302
    kept = selectors.choices_of([town.brian.user])[town.brian.user.pk]
    assert kept["MONEY_IN"] == ["PORTAL", "SMS"]
    assert kept["FILE_PAID"] == []
    assert rules.channels(NoticeKind.NEW_DEVICE, kept) == {Channel.PORTAL}
    assert sms.is_offered()


def test_mails_come_as_one_a_day_but_what_is_urgent_at_once(town: Town) -> None:
    brian = town.brian.user
    page(client := streets.browser(brian), "/account/notices/choices/")
    client.post("/account/notices/choices/", {"MONEY_IN": ["PORTAL", "EMAIL"], "daily": "1",
                                              "PAYMENT_REJECTED": ["EMAIL"]})  # fmt: skip
    assert "checked" in page(client, "/account/notices/choices/").split('name="daily"')[1][:20]
    for key in ("a", "b", "c"):
        pay(town.amina, town.brian, key)
    outbox.deliver_due()
    told = {"name": "X", "reference": "P", "amount": "1.00", "currency": "KES", "account": town.brian.number}
    services.tell(
        readers={brian: town.brian.customer.pk}, kind=NoticeKind.PAYMENT_REJECTED, event_id=uuid4(), told=told
    )
    mail.outbox.clear()
    services.send_due()
    assert ["rejected" in one.subject for one in mail.outbox] == [True]
    morning = rules.digest_due(timezone.localtime(clock.now()))
    assert (morning.hour, morning > clock.now()) == (7, True)
    assert rules.digest_due(morning - timedelta(minutes=1)) == morning
    with time_machine.travel(morning + timedelta(seconds=1), tick=False):
        assert services.send_due() == 3
        assert services.send_due() == 0
    assert len(mail.outbox) == 2
    assert str(mail.outbox[1].body).count("Money came to your account") == 3
    assert "3" in mail.outbox[1].subject
    assert town.amina.name not in str(mail.outbox[1].body)
