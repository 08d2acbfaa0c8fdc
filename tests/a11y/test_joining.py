"""Every page of becoming a customer under axe-core, the staff's page of an application included."""

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page

from bank.onboarding import services
from bank.onboarding.models import KycReview
from bank.onboarding.rules import Kind
from bank.onboarding.services import invitations
from tests.a11y.test_portals import faults, look_at, submit, wear
from tests.identity import open_browser
from tests.onboarding import desk as desks
from tests.onboarding.desk import Desk
from tests.portals import town as streets
from tests.portals.town import Town

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]


@pytest.fixture
def desk(transactional_db: None) -> Desk:
    return desks.set_up()


def test_the_way_in(desk: Desk, visit: Visit) -> None:
    begun = services.register(email="new@example.test", kind="PERSONAL")
    verify = f"/open-account/verify/{begun.pk}/"
    page = visit("/", reduced_motion="reduce")
    found = look_at(page, ["/open-account/", "/open-account/register/personal/", verify])
    found += submit(page, "/open-account/register/personal/", "Send me a code", email="nobody")
    found += submit(page, verify, "Go on", code="000000")
    page.goto(verify)
    page.get_by_label("Code from the mail").fill(services.code_for(begun))
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Your full name").wait_for()
    found += faults(page)
    assert found == []


def test_the_task_list_of_a_person(desk: Desk, visit: Visit) -> None:
    client = Client()
    open_browser(client, desk.zawadi)
    page = visit("/", reduced_motion="reduce")
    wear(page, client)
    application = desks.answered(desk)
    home = f"/open-account/{application.pk}/"
    tasks = ["identity", "address", "tax", "occupation", "product", "agreement"]
    found = look_at(page, [home, *(f"{home}task/{task}/" for task in tasks), f"{home}documents/"])
    found += look_at(page, [f"{home}check/", f"{home}withdraw/", "/open-account/"])
    found += submit(page, f"{home}task/identity/", "Save and go on", given_names="<b>", phone="x")
    found += submit(page, f"{home}documents/", "Add the document")
    services.submit(application=application, by=desk.zawadi)
    found += look_at(page, [home])
    services.take(application=application, by=desk.officer)
    services.ask_for_more(
        application=application, tasks=["TAX"], reason="The PIN is another's", by=desk.officer
    )
    found += look_at(page, [home])
    assert found == []


def test_a_company_and_its_people(desk: Desk, visit: Visit) -> None:
    client = Client()
    open_browser(client, desk.zawadi)
    page = visit("/", reduced_motion="reduce")
    wear(page, client)
    empty = services.begin(applicant=desk.zawadi, kind=Kind.CORPORATE)
    application = desks.answered(desk, Kind.SME)
    home, party = f"/open-account/{application.pk}/", application.parties.first()
    assert party is not None
    tasks = [f"{home}task/{task}/" for task in ("organisation", "office", "signing")]
    people = [f"{home}people/", f"{home}people/add/", f"{home}people/{party.pk}/"]
    found = look_at(page, [home, *tasks, *people, f"{home}check/", f"/open-account/{empty.pk}/people/"])
    found += submit(page, f"{home}people/add/", "Save", share_pct="500")
    assert found == []


def test_the_staffs_pages_of_an_application(desk: Desk, visit: Visit) -> None:
    desks.approved(desk)
    application = desks.taken(desk, Kind.SME)
    review = KycReview.objects.get()
    services.kyc_due(review.due_date)
    pages = {
        "officer": [
            "/admin/onboarding/application/",
            f"/admin/onboarding/application/{application.pk}/change/",
        ],
        "second": [f"/admin/onboarding/kycreview/{review.pk}/change/", "/admin/onboarding/kycreview/"],
    }
    found = []
    for name, addresses in pages.items():
        client = Client()
        open_browser(client, getattr(desk, name))
        page = visit("/", reduced_motion="reduce")
        wear(page, client)
        found += look_at(page, addresses)
    services.recommend(application=application, approve=True, reason="Everything agrees", by=desk.officer)
    found += look_at(page, [f"/admin/onboarding/application/{application.pk}/change/"])
    client = Client()
    open_browser(client, desk.zawadi)
    wear(page, client)
    found += look_at(page, [f"/open-account/review/{review.pk}/", "/open-account/"])
    assert found == []


def test_invitations(town: Town, visit: Visit) -> None:
    invitation = invitations.invite(
        customer=town.firm.customer, email="asha@example.test", role="VIEWER", by=town.firm.user
    )
    address = f"/open-account/invitation/{invitations.token_for(invitation.pk, 1)}/"
    page = visit("/", reduced_motion="reduce")
    found = look_at(page, [address])
    owner, people = streets.browser(town.firm.user), f"/corporate/{town.firm.customer.cif}/people/"
    asked = {"email": "otis@example.test", "role": "SIGNATORY", "single_limit": "5,000", "until": ""}
    check = owner.post(f"{people}invite/", asked)["Location"]
    wear(page, owner)
    found += look_at(page, [people, f"{people}invite/", check])
    assert found == []
