"""What an applicant does: begins, answers task by task, sends, withdraws."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django.db import transaction

from bank import ledger
from bank.documents import services as documents
from bank.documents.models import Document
from bank.identity.models import User
from bank.kernel import clock, ids
from bank.kernel.errors import BankError, InvalidInput
from bank.onboarding import checks, rules, selectors
from bank.onboarding.errors import ApplicationIncomplete, SharesOverWhole, UnusableAnswers
from bank.onboarding.models import Application, Party
from bank.onboarding.rules import Kind, State, Task
from bank.onboarding.services import assessment, steps
from bank.products import selectors as products
from bank.runtime import secrets

_SEALED: Final = {
    Task.IDENTITY: ("id_number",),
    Task.TAX: ("tax_number", "other_tax_number"),
    Task.ORGANISATION: ("tax_number",),
}
_MOST_OPEN: Final = 5
_MOST_PARTIES: Final = 50


@transaction.atomic
def begin(*, applicant: User, kind: str) -> Application:
    """Opens an application with nothing answered; one of that kind still open is given back instead.

    Raises ``InvalidInput`` where the user has too many open ones. The books are not touched.
    """
    User.objects.select_for_update().get(pk=applicant.pk)
    open_ones = Application.objects.filter(applicant=applicant).exclude(state__in=rules.OVER)
    same = open_ones.filter(kind=Kind(kind), state=State.DRAFT).first()
    if same is not None:
        return same
    if open_ones.count() >= _MOST_OPEN:
        raise InvalidInput(
            problem="You have several applications open. Finish or withdraw one of them first."
        )
    application = Application.objects.create(
        kind=Kind(kind).value, applicant=applicant, reference=ids.reference("APP")
    )
    steps.note(application, "BEGUN", applicant, kind=application.kind)
    return application


@transaction.atomic
def answer(*, application: Application, task: str, given: Mapping[str, Any]) -> Application:
    """Keeps the answers to one task. Raises ``UnusableAnswers`` with every fault, ``ApplicationNotOpen``."""
    locked = steps.lock(application, *rules.OPEN_TO_APPLICANT)
    if task not in rules.TASKS[locked.kind] or task not in checks.asked():
        raise InvalidInput(problem="This is not asked here.")
    kept = checks.check(task, given)
    if task == Task.PRODUCT:
        _check_product(kept, rules.SEGMENTS[Kind(locked.kind)])
    sealed = {name: kept.pop(name) for name in _SEALED.get(Task(task), ())}
    locked.answers = {**locked.answers, task: kept}
    _seal(locked, task, sealed)
    _name(locked)
    if task == Task.AGREEMENT:
        locked.agreement_version, locked.agreed_at = rules.AGREEMENT_VERSION, clock.now()
    _touch(locked, task)
    return locked


@transaction.atomic
def add_party(*, application: Application, given: Mapping[str, Any], party_id: int | None = None) -> Party:
    """Names a director or owner, or corrects one already named.

    Raises ``UnusableAnswers``, ``SharesOverWhole``, ``NotFound`` for another application's party.
    """
    locked = steps.lock(application, *rules.OPEN_TO_APPLICANT)
    kept = checks.check_party(given)
    known = selectors.party_for(locked, party_id) if party_id is not None else Party(application=locked)
    others = locked.parties.exclude(pk=known.pk)
    if others.count() >= _MOST_PARTIES:
        raise InvalidInput(problem="More people than that are entered by the bank. Ask us for help.")
    total = sum((one.share_pct for one in others), Decimal(kept["share_pct"]))
    if total > 100:
        raise SharesOverWhole(total=total)
    for name, value in kept.items():
        setattr(known, name, _as_stored(name, value))
    known.save()
    _touch(locked, Task.PEOPLE)
    return known


@transaction.atomic
def remove_party(*, application: Application, party_id: int) -> None:
    """Takes a director or owner off the application. Raises ``NotFound``."""
    locked = steps.lock(application, *rules.OPEN_TO_APPLICANT)
    selectors.party_for(locked, party_id).delete()
    _touch(locked, Task.PEOPLE)


@transaction.atomic
def attach(*, application: Application, purpose: str, upload: Any, filename: str, by: User) -> Document:
    """Stores a document with the application. Raises what the store refuses a file for."""
    locked = steps.lock(application, *rules.OPEN_TO_APPLICANT)
    if purpose not in (*rules.DOCUMENTS[locked.kind], "OTHER"):
        raise InvalidInput(problem="Choose what the document is.")
    stored = documents.store(
        owner=selectors.owner_of(locked), purpose=purpose, upload=upload, filename=filename, uploaded_by=by
    )
    _touch(locked, Task.DOCUMENTS)
    return stored


@transaction.atomic
def submit(*, application: Application, by: User) -> Application:
    """Sends the application to the bank: every task answered, all names screened, the risk rated.

    Raises ``ApplicationIncomplete`` and ``ApplicationNotOpen``. The books are not touched.
    """
    locked = steps.lock(application, *rules.OPEN_TO_APPLICANT)
    missing = selectors.open_tasks(locked)
    if missing:
        raise ApplicationIncomplete(tasks=", ".join(sorted(missing)).lower())
    found = assessment.assess(locked)
    steps.move(
        locked,
        State.SUBMITTED,
        submitted_at=clock.now(),
        more_wanted=[],
        more_reason="",
        screening=found.screening,
        risk=found.rating.rating.value,
        risk_reasons=[reason.code for reason in found.rating.reasons],
        recommendation="",
        recommendation_reason="",
    )
    locked.ticks.all().delete()
    steps.note(locked, "SUBMITTED", by, risk=locked.risk)
    return locked


@transaction.atomic
def withdraw(*, application: Application, by: User) -> Application:
    """Ends an application by its applicant's own will. Raises ``ApplicationNotOpen``."""
    locked = steps.lock(application, *rules.OPEN_TO_APPLICANT, *rules.WITH_STAFF)
    steps.move(locked, State.WITHDRAWN)
    steps.note(locked, "WITHDRAWN", by)
    return locked


def _check_product(kept: dict[str, Any], segment: str) -> None:
    """Whether the catalogue sells it to such a customer today."""
    try:
        version = products.current_version(products.product(kept["product"]), ledger.business_date())
        products.terms(version, kept["currency"], segment)
    except BankError as refusal:
        raise UnusableAnswers({"product": refusal.message}) from refusal


def _seal(application: Application, task: str, sealed: Mapping[str, str]) -> None:
    if not sealed:
        return
    known = json.loads(application.sealed or "{}")
    known[task] = dict(sealed)
    application.sealed = json.dumps(known)
    if "id_number" in sealed:
        application.id_number_hash = secrets.lookup_hash(sealed["id_number"], context="id_number")
    if "tax_number" in sealed:
        application.tax_number_hash = secrets.lookup_hash(sealed["tax_number"], context="tax_number")


def _name(application: Application) -> None:
    person = application.answers.get(Task.IDENTITY)
    if person:
        application.name = f"{person['given_names']} {person['family_name']}"
    elif Task.ORGANISATION in application.answers:
        application.name = application.answers[Task.ORGANISATION]["registered_name"]


def _as_stored(name: str, value: Any) -> Any:
    if name in ("is_exposed", "is_signatory"):
        return value == "YES"
    if name == "share_pct":
        return Decimal(value)
    return None if name == "birth_date" and not value else value


def _touch(application: Application, task: str) -> None:
    """What was asked for again counts as answered from here on."""
    application.more_wanted = [one for one in application.more_wanted if one != task]
    application.changed_at = clock.now()
    application.save()
