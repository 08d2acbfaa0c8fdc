"""What waits at the desks of the demonstration: cases in every state, related parties, a likely duplicate."""

from decimal import Decimal
from typing import Final

from bank.accounts import selectors as accounts
from bank.cases import services as cases
from bank.cases.models import Case
from bank.cif import services as cif
from bank.cif.models import Customer
from bank.demo.cast import MAIL_DOMAIN
from bank.demo.habits import Community
from bank.identity import selectors as identity
from bank.identity.models import User

_SHARED_PAPER: Final = "27384956"
_TALKS: Final = (
    ("COMPLAINT", "A fee I do not know", "What is the fee of KES 52.50 on my statement?"),
    ("ENQUIRY", "Opening hours at Christmas", "Are you open on 27 December?"),
    ("SERVICE_REQUEST", "A letter for the embassy", "I need a letter with my balance for a visa."),
    ("ENQUIRY", "Sending money to Uganda", "How long does it take, and what does it cost?"),
    ("COMPLAINT", "Card kept by the machine", "The machine in Eldoret kept my card on Friday."),
)


def fill(community: Community) -> None:
    """Once, however often it is called; with too few customers there is nothing to tell."""
    if Case.objects.exists() or len(community.people) < len(_TALKS) + 1:
        return
    people = [accounts.find_by_number(person.current).customer for person in community.people[:6]]
    firm = accounts.find_by_number(community.organisations[0].current).customer
    _relate(people, firm)
    cif.record_document(customer=people[1], kind="NATIONAL_ID", number=_SHARED_PAPER)
    cif.record_document(customer=people[5], kind="NATIONAL_ID", number=_SHARED_PAPER)
    cif.find_duplicates()
    officer = identity.user_by_email(f"teller@{MAIL_DOMAIN}")
    if officer is not None:
        _talk(people, officer)


def _relate(people: list[Customer], firm: Customer) -> None:
    owner, other = people[2], people[3]
    cif.relate(customer=people[0], role="SPOUSE", name="Otis Odhiambo Otieno")
    cif.relate(customer=firm, role="DIRECTOR", name=owner.display_name, related_customer=owner)
    cif.relate(
        customer=firm, role="BENEFICIAL_OWNER", name=owner.display_name, related_customer=owner,
        share_pct=Decimal("60"),
    )  # fmt: skip
    cif.relate(
        customer=firm, role="BENEFICIAL_OWNER", name=other.display_name, related_customer=other,
        share_pct=Decimal("25.5"), is_pep=True,
    )  # fmt: skip


def _talk(people: list[Customer], staff: User) -> None:
    """One case in each state: new, being looked into, waiting, resolved, closed."""
    _new, worked_on, waiting, resolved, closed = (
        _open(customer, *talk) for customer, talk in zip(people, _TALKS, strict=False)
    )
    cases.answer(case=worked_on, text="We are open from 8 to 13 h that day.", actor=staff)
    cases.ask_back(case=waiting, text="To which embassy shall we address it?", actor=staff)
    for case in (resolved, closed):
        cases.resolve(case=case, text="Please see the letter we sent you today.", actor=staff)
    cases.close(case=closed, actor=staff)


def _open(customer: Customer, kind: str, subject: str, text: str) -> Case:
    return cases.open_case(
        kind=kind,
        subject=subject,
        text=text,
        contact_name=customer.display_name,
        contact_email=customer.email,
        customer=customer,
    )
