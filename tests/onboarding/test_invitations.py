"""Inviting people to act for a company: who may, what the token is worth, and to whom."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from bank.cif import services as cif
from bank.identity import selectors as identity
from bank.identity import stepup
from bank.identity.errors import StepUpActChanged, StepUpFailed
from bank.identity.models import Challenge
from bank.kernel import clock
from bank.kernel.errors import NotAllowed
from bank.kernel.money import Money
from bank.onboarding import errors
from bank.onboarding.models import Invitation
from bank.onboarding.services import invitations, inviting
from bank.runtime import outbox
from bank.signing import services as signing
from bank.signing.rules import Step
from tests.identity import PASSWORD, open_browser
from tests.portals import town as streets
from tests.portals.town import Town
from tests.worlds import Standing

NEW = "asha@example.test"


@pytest.fixture
def town(standing_town: Standing[Town], db: None) -> Town:
    return standing_town.visit()


def invite(town: Town, email: str = NEW, **terms: object) -> Invitation:
    asked = {"role": "SIGNATORY", "can_pay": True} | terms
    return invitations.invite(customer=town.firm.customer, email=email, by=town.firm.user, **asked)  # type: ignore[arg-type]


def token(invitation: Invitation) -> str:
    return invitations.token_for(invitation.pk, invitation.issue)


def test_a_new_person_accepts_and_acts_within_the_limit(town: Town) -> None:
    invitation = invite(town, single_limit=Money.of("5000", "KES"))
    outbox.deliver_due()
    assert f"/open-account/invitation/{token(invitation)}/" in mail.outbox[-1].body
    assert mail.outbox[-1].to == [NEW]
    user = invitations.accept_as_new(token=token(invitation), full_name="Asha Juma", password=PASSWORD)
    mandate = user.mandates.get()
    assert (mandate.customer, mandate.role, mandate.can_pay) == (town.firm.customer, "SIGNATORY", True)
    assert mandate.single_limit == 5000


def test_an_accountant_looks_until_a_day(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mandate ends by itself; an invitation to one that is over opens nothing."""
    today = clock.today()
    with pytest.raises(errors.UnusableAnswers):
        invite(town, until=today)
    invitation = invite(town, role="VIEWER", until=today + timedelta(days=2))
    late = invite(town, "late@example.test", role="VIEWER", until=today + timedelta(days=2))
    user = invitations.accept_as_new(token=token(invitation), full_name="Asha Juma", password=PASSWORD)
    assert (user.mandates.get().valid_until, user.mandates.get().can_pay) == (
        today + timedelta(days=2),
        False,
    )
    client, home = streets.browser(user), f"/corporate/{town.firm.customer.cif}/"
    assert client.get(home).status_code == 200
    assert client.get(f"{home}people/invite/").status_code in (302, 403)
    later = clock.now() + timedelta(days=3)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert user.mandates.in_force(clock.today()).count() == 0
    with pytest.raises(errors.InvitationOver):
        invitations.find(token(late))


def test_only_a_digest_of_the_token_is_stored(town: Town) -> None:
    invitation = invite(town)
    outbox.deliver_due()
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(i)::text FROM onboarding_invitation i")
        stored = cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(payload::text, '') FROM runtime_outboxmessage")
        stored += cursor.fetchone()[0]
    assert token(invitation) not in stored


def test_an_existing_user_accepts_signed_in_and_nobody_else_with_the_same_token(town: Town) -> None:
    invitation = invite(town, town.amina.user.email, role="VIEWER", can_pay=False)
    with pytest.raises(errors.InvitationOver):
        invitations.accept(token=token(invitation), user=town.brian.user)
    invitations.accept(token=token(invitation), user=town.amina.user)
    assert not town.amina.user.mandates.get(customer=town.firm.customer).can_pay
    assert not town.brian.user.mandates.filter(customer=town.firm.customer).exists()


def test_a_token_works_once(town: Town) -> None:
    invitation = invite(town)
    invitations.accept_as_new(token=token(invitation), full_name="Asha Juma", password=PASSWORD)
    with pytest.raises(errors.InvitationOver):
        invitations.accept_as_new(token=token(invitation), full_name="Asha Juma", password=PASSWORD)
    assert town.firm.customer.mandates.count() == 3


def test_a_resent_invitation_voids_the_token_before(town: Town) -> None:
    invitation = invite(town)
    before = token(invitation)
    again = invitations.resend(invitation=invitation, by=town.firm.user)
    with pytest.raises(errors.InvitationOver):
        invitations.find(before)
    assert invitations.find(token(again)) == again


def test_it_ends_after_seven_days_or_when_revoked(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    revoked, late = invite(town), invite(town, "late@example.test")
    invitations.revoke(invitation=revoked, by=town.firm.user)
    now = clock.now() + timedelta(days=7)
    monkeypatch.setattr(clock, "now", lambda: now)
    for invitation in (revoked, late):
        with pytest.raises(errors.InvitationOver):
            invitations.find(token(invitation))


@pytest.mark.parametrize("made_up", ["", "x", "A" * 43, "../..", "\u202e"])
def test_a_made_up_token_opens_nothing(town: Town, client: Client, made_up: str) -> None:
    invite(town)
    with pytest.raises(errors.InvitationOver):
        invitations.find(made_up)


def test_only_an_owner_invites_revokes_and_resends(town: Town) -> None:
    for stranger in (town.bookkeeper, town.amina.user):
        with pytest.raises(NotAllowed):
            invitations.invite(customer=town.firm.customer, email=NEW, role="VIEWER", by=stranger)
    invitation = invite(town)
    for act in (invitations.revoke, invitations.resend):
        with pytest.raises(NotAllowed):
            act(invitation=invitation, by=town.bookkeeper)


def test_nobody_is_invited_twice_nor_who_acts_already(town: Town) -> None:
    invite(town)
    for email in (NEW.upper(), town.bookkeeper.email):
        with pytest.raises(errors.InvitationExists):
            invite(town, email)


@pytest.mark.parametrize(
    "terms",
    [
        {"role": "KING"},
        {"can_pay": False, "single_limit": Money.of("5", "KES")},
        {"single_limit": Money.of("0", "KES")},
    ],
)
def test_terms_that_contradict_each_other_are_refused(town: Town, terms: dict[str, object]) -> None:
    with pytest.raises(errors.UnusableAnswers):
        invite(town, **terms)


def test_the_pages_for_a_stranger_a_user_and_somebody_else(town: Town, client: Client) -> None:
    invitation = invite(town, town.amina.user.email)
    address = f"/open-account/invitation/{token(invitation)}/"
    assert "Sign in first" in client.get(address).content.decode()
    assert client.post(address).status_code == 200
    other = Client()
    open_browser(other, town.brian.user)
    assert other.get(address).status_code == 404
    assert other.post(address).status_code == 404
    assert town.firm.customer.display_name not in other.get(address).content.decode()
    open_browser(client, town.amina.user)
    assert client.get(address).status_code == 200
    assert not town.amina.user.mandates.filter(customer=town.firm.customer).exists()
    done = client.post(address)
    assert done["Location"] == f"/corporate/{town.firm.customer.cif}/"
    assert client.get(address).status_code == 404


def test_the_inviters_mandate_must_still_hold_when_it_is_accepted(town: Town) -> None:
    invitation = invite(town)
    cif.revoke_mandate(mandate=town.firm.user.mandates.get(customer=town.firm.customer))
    with pytest.raises(errors.InvitationOver):
        invitations.accept_as_new(token=token(invitation), full_name="Asha Juma", password=PASSWORD)
    assert identity.user_by_email(NEW) is None


def test_a_stricter_rule_set_later_voids_what_went_out_under_the_old_one(town: Town) -> None:
    """Let out by one who signs alone; then the company asks for two. Who only looks is not concerned."""
    company = town.firm.customer
    pays, looks = invite(town), invite(town, "looks@example.test", role="VIEWER", can_pay=False)
    assert (pays.signatures, invitations.find(token(pays))) == (1, pays)
    cif.grant_mandate(user=town.brian.user, customer=company, role="SIGNATORY", can_pay=True)
    assert invitations.find(token(pays)) == pays
    signing.set_rules(customer=company, currency="KES", steps=[Step(Decimal(0), 2)], actor=None)
    with pytest.raises(errors.InvitationOver):
        invitations.accept_as_new(token=token(pays), full_name="Asha", password=PASSWORD)
    with pytest.raises(errors.InvitationOutdated):
        invitations.resend(invitation=pays, by=town.firm.user)
    assert not identity.user_by_email(NEW)
    assert invitations.find(token(looks)) == looks
    invitations.revoke(invitation=pays, by=town.firm.user)


def test_row_25_and_34_the_code_serves_this_address_role_and_limit_alone(town: Town) -> None:
    """Each change voids the code, nobody hears of it, and the right words are in the message."""
    firm, owner = town.firm.customer, town.firm.user
    terms = {"email": NEW, "role": "SIGNATORY", "can_pay": True, "single_limit": Money.of("5000", "KES")}

    def ask() -> Challenge:
        return inviting.start_invitation(customer=firm, by=owner, **terms)  # type: ignore[arg-type]

    def confirm(challenge: Challenge, **changed: object) -> Invitation:
        proof = {"challenge_id": challenge.pk, "code": stepup.code_for(challenge)}
        return inviting.confirm_invitation(customer=firm, by=owner, **(terms | proof | changed))  # type: ignore[arg-type]

    assert "asha@example.test to act for" in ask().summary
    assert "up to KES 5,000.00 a payment" in ask().summary
    for changed in (
        {"email": "other@example.test"}, {"role": "OWNER"}, {"single_limit": Money.of("5001", "KES")},
        {"single_limit": None}, {"until": clock.today() + timedelta(days=9)},
    ):  # fmt: skip
        challenge = ask()
        with pytest.raises(StepUpActChanged):
            confirm(challenge, **changed)
        with pytest.raises(StepUpFailed):
            confirm(challenge)
    assert not Invitation.objects.exists()
    challenge = ask()
    assert confirm(challenge).email == NEW
    with pytest.raises(errors.InvitationExists):
        confirm(challenge)
    with pytest.raises(NotAllowed):
        inviting.start_invitation(customer=firm, by=town.bookkeeper, email="x@example.test", role="VIEWER")
    assert Invitation.objects.count() == 1


def test_row_25_the_page_shows_all_once_more_and_takes_the_code(town: Town) -> None:
    client, home = streets.browser(town.firm.user), f"/corporate/{town.firm.customer.cif}/people/"
    asked = {"email": NEW, "role": "SIGNATORY", "single_limit": "5,000", "until": ""}
    page = client.post(f"{home}invite/", asked)
    check = page["Location"]
    assert check.startswith(f"{home}invite/")
    shown = client.get(check).content.decode()
    assert NEW in shown
    assert "5,000.00" in shown
    assert not Invitation.objects.exists()
    wrong = client.post(check, {"code": "000000", "asked": Challenge.objects.latest("created_at").pk})
    assert wrong.status_code == 200
    client.post(f"{check}code/")
    newest = Challenge.objects.latest("created_at")
    done = client.post(check, {"code": stepup.code_for(newest), "asked": newest.pk})
    assert (done["Location"], Invitation.objects.get().email) == (home, NEW)
    assert streets.browser(town.brian.user).get(check).status_code == 404
