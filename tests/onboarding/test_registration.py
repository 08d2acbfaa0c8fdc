"""Registering: the code, its tries, its end; and that nobody learns whether an address is known."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from bank.identity import services as identity
from bank.identity.errors import EmailTaken, PasswordUnfit
from bank.identity.models import User
from bank.kernel import clock
from bank.onboarding import errors, services
from bank.onboarding.models import Application, Registration
from bank.onboarding.services import registration as registering
from bank.products import services as products
from bank.runtime import context, outbox
from tests.identity import PASSWORD, mailed_code

pytestmark = pytest.mark.django_db
NEW = "new@example.test"


def begin(email: str = NEW) -> Registration:
    return services.register(email=email, kind="PERSONAL")


def later(monkeypatch: pytest.MonkeyPatch, **by: int) -> None:
    now = clock.now() + timedelta(**by)
    monkeypatch.setattr(clock, "now", lambda: now)


def test_the_code_from_the_mail_makes_a_user_without_customers() -> None:
    begun = begin(" New@Example.test ")
    services.verify(registration_id=begun.pk, code=mailed_code())
    user = services.complete(registration_id=begun.pk, full_name="Neema Hassan", password=PASSWORD)
    assert (user.email, user.full_name, user.is_staff) == (NEW, "Neema Hassan", False)
    assert user.check_password(PASSWORD)
    assert not user.mandates.exists()


def test_a_wrong_code_counts_and_ten_void_the_right_one() -> None:
    begun = begin()
    right = registering.code_for(begun)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    for left in range(9, 0, -1):
        with pytest.raises(errors.CodeWrong, match=f"{left} tries"):
            services.verify(registration_id=begun.pk, code=wrong)
    with pytest.raises(errors.CodeExpired):
        services.verify(registration_id=begun.pk, code=wrong)
    with pytest.raises(errors.CodeExpired):
        services.verify(registration_id=begun.pk, code=right)


def test_a_code_ends_after_fifteen_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = begin()
    later(monkeypatch, minutes=15)
    with pytest.raises(errors.CodeExpired):
        services.verify(registration_id=begun.pk, code=registering.code_for(begun))


def test_a_code_works_once_and_for_its_own_registration() -> None:
    first, second = begin(), begin()
    with pytest.raises(errors.CodeWrong):
        services.verify(registration_id=second.pk, code=registering.code_for(first))
    services.verify(registration_id=first.pk, code=registering.code_for(first))
    with pytest.raises(errors.CodeExpired):
        services.verify(registration_id=first.pk, code=registering.code_for(first))


def test_no_password_without_a_code_nor_an_hour_after_it_nor_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = begin()
    with pytest.raises(errors.CodeExpired):
        services.complete(registration_id=begun.pk, full_name="Neema", password=PASSWORD)
    services.verify(registration_id=begun.pk, code=registering.code_for(begun))
    with pytest.raises(PasswordUnfit):
        services.complete(registration_id=begun.pk, full_name="Neema", password="short")
    services.complete(registration_id=begun.pk, full_name="Neema", password=PASSWORD)
    with pytest.raises(errors.CodeExpired):
        services.complete(registration_id=begun.pk, full_name="Neema", password=PASSWORD)
    other = begin("other@example.test")
    services.verify(registration_id=other.pk, code=registering.code_for(other))
    later(monkeypatch, minutes=61)
    with pytest.raises(errors.CodeExpired):
        services.complete(registration_id=other.pk, full_name="Neema", password=PASSWORD)


def test_an_address_taken_meanwhile_is_refused() -> None:
    begun = begin()
    services.verify(registration_id=begun.pk, code=registering.code_for(begun))
    identity.create_user(email=NEW, full_name="Quicker", password=None)
    with pytest.raises(EmailTaken):
        services.complete(registration_id=begun.pk, full_name="Neema", password=PASSWORD)


def test_a_known_address_gets_another_mail_and_the_page_says_the_same(client: Client) -> None:
    """Status, place, words and even the answer to a wrong code are alike; only the mailbox knows."""
    cache.clear()
    identity.create_user(email="known@example.test", full_name="Known", password=None)
    pages = {}
    for email in ("known@example.test", NEW):
        sent = client.post("/open-account/register/personal/", {"email": email})
        assert sent.status_code == 302
        page = client.get(sent["Location"]).content.decode()
        refused = client.post(sent["Location"], {"code": "000000"}).content.decode()
        key = sent["Location"].split("/")[3]
        pages[email] = [_plain(text, email, key) for text in (page, refused)]
    assert pages["known@example.test"] == pages[NEW]
    outbox.deliver_due()
    known, new = sorted(mail.outbox, key=lambda one: one.to[0])
    assert known.subject == new.subject
    assert "Your code is" in new.body
    assert "signs in here already" in known.body
    assert "Your code is" not in known.body


def _plain(text: str, email: str, key: str) -> list[str]:
    told = text.replace(email, "ADDRESS").replace(key, "KEY")
    return [line for line in told.splitlines() if "csrf" not in line]


def test_no_code_opens_the_registration_of_a_known_address() -> None:
    identity.create_user(email=NEW, full_name="Known", password=None)
    begun = begin()
    with pytest.raises(errors.CodeWrong):
        services.verify(registration_id=begun.pk, code=registering.code_for(begun))


def test_mails_to_one_address_and_from_one_place_are_bounded() -> None:
    identity.create_user(email="known@example.test", full_name="Known", password=None)
    for email in (NEW, "known@example.test"):
        for _ in range(5):
            begin(email)
        with pytest.raises(errors.TooManyRegistrations):
            begin(email.upper())
    with context.use(ip="203.0.113.9"):
        for n in range(20):
            begin(f"n{n}@example.test")
        with pytest.raises(errors.TooManyRegistrations):
            begin("one-more@example.test")
    begin("elsewhere@example.test")


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b", "a b@example.test", "a@exa mple.test", "<a@example.test>"]
)
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(errors.UnusableAnswers, match="email"):
        begin(email)
    assert not Registration.objects.exists()


def test_registrations_nobody_finished_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    begin()
    later(monkeypatch, hours=25)
    fresh = begin("fresh@example.test")
    assert services.purge_registrations() == 1
    assert Registration.objects.get() == fresh


def test_only_the_browser_that_gave_the_code_chooses_the_password(client: Client) -> None:
    cache.clear()
    products.seed_catalogue()
    verify = client.post("/open-account/register/personal/", {"email": NEW})["Location"]
    password = client.post(verify, {"code": mailed_code()})["Location"]
    answers = {"full_name": "Neema Hassan", "password": PASSWORD}
    assert Client().post(password, answers)["Location"] == "/open-account/"
    assert not User.objects.exists()
    landed = client.post(password, answers)["Location"]
    application = Application.objects.get()
    assert landed == f"/open-account/{application.pk}/"
    assert client.get(landed).status_code == 200
    assert application.applicant.email == NEW
