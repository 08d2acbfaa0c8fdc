"""The task list in words: what is open, what was answered, where to go on."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from bank import ledger
from bank.onboarding import checks, rules, selectors, showing, wording
from bank.onboarding.rules import Kind, State, Task
from bank.products import selectors as products
from bank.runtime import formats

KINDS = {"personal": Kind.PERSONAL, "business": Kind.SME, "company": Kind.CORPORATE}


def tasks(application: Any) -> list[dict[str, Any]]:
    """The list of tasks, each with its state; what the bank wants again is marked."""
    done = selectors.done_tasks(application)
    return [_task(application, task, task in done) for task in rules.TASKS[application.kind]]


def _task(application: Any, task: Task, is_done: bool) -> dict[str, Any]:
    wanted = task in application.more_wanted
    words = gettext("Please answer again") if wanted else gettext("Done") if is_done else gettext("To do")
    return {
        "label": wording.TASKS[task],
        "url": task_address(application, task),
        "status": "PENDING" if wanted else "READY" if is_done else "DRAFT",
        "status_label": words,
        "note": _note(application, task),
    }


def task_address(application: Any, task: str) -> str:
    names = {Task.PEOPLE: "public:join-people", Task.DOCUMENTS: "public:join-documents"}
    if task in names:
        return reverse(names[Task(task)], args=[application.pk])
    return reverse("public:join-task", args=[application.pk, task.lower()])


def _note(application: Any, task: Task) -> str:
    if task == Task.PEOPLE:
        return ownership_words(application)
    if task == Task.SIGNING and application.answers.get(Task.SIGNING):
        return signing_words(application)
    return ""


def ownership_words(application: Any) -> str:
    """How much of the organisation is known, and how much must be."""
    known = selectors.ownership(application)
    words = gettext("%(total)s %% of the shares are named.") % {"total": formats.number(known.total)}
    if known.gap:
        more = gettext(
            "At least %(gap)s %% more must be: name every owner of %(from)s %% or more, and at least "
            "%(together)s %% together."
        )
        words += " " + more % {
            "gap": formats.number(known.gap),
            "from": formats.number(known.threshold.named_from_pct),
            "together": formats.number(known.threshold.together_pct),
        }
    return words


def signing_words(application: Any) -> str:
    """Whether there are enough signatories for the rule."""
    count = application.parties.filter(is_signatory=True).count()
    needed = 1 if application.answer(Task.SIGNING, "rule") == rules.Signing.ALONE else 2
    if count >= needed:
        return ""
    return gettext("Mark at least %(n)d people as signatories, under directors and owners.") % {"n": needed}


def row(application: Any) -> dict[str, Any]:
    """An application as a row of a list."""
    return {
        "label": application.name or application.get_kind_display(),
        "note": f"{application.reference} · {formats.moment(application.changed_at)}",
        "url": reverse("public:join-tasks", args=[application.pk]),
        "status": _status(application.state),
        "status_label": applicants_word(application.state),
    }


def _status(state: str) -> str:
    return {
        State.MORE_NEEDED: "PENDING",
        State.APPROVED: "READY",
        State.REJECTED: "REJECTED",
        State.DRAFT: "DRAFT",
        State.EXPIRED: "EXPIRED",
        State.WITHDRAWN: "CANCELLED",
    }.get(State(state), "SENT")


def applicants_word(state: str) -> str:
    """What the state means to the applicant; who of the staff has it is the bank's own matter."""
    return {
        State.DRAFT: gettext("Not sent yet"),
        State.MORE_NEEDED: gettext("We need more from you"),
        State.APPROVED: gettext("Approved"),
        State.REJECTED: gettext("Not approved"),
        State.WITHDRAWN: gettext("Withdrawn"),
        State.EXPIRED: gettext("Expired"),
    }.get(State(state), gettext("With the bank"))


def sections(application: Any, *, changeable: bool) -> list[dict[str, Any]]:
    """Everything answered, for the last look before sending and for afterwards."""
    return [
        {
            "title": section.title,
            "rows": section.rows,
            "change": task_address(application, section.task) if changeable else "",
        }
        for section in showing.sections(application)
    ]


def parties(application: Any) -> list[dict[str, Any]]:
    return [
        {
            "id": party.pk,
            "label": party.name,
            "note": showing.party_note(party),
            "url": reverse("public:join-party", args=[application.pk, party.pk]),
        }
        for party in application.parties.all()
    ]


def documents(application: Any) -> list[dict[str, Any]]:
    return [
        {
            "id": document.pk,
            "purpose": wording.DOCUMENTS.get(document.purpose, document.purpose),
            "filename": document.filename,
            "at": document.uploaded_at,
            "url": reverse("public:join-document", args=[application.pk, document.pk]),
        }
        for document in selectors.documents_of(application)
    ]


def purposes(application: Any) -> tuple[str, ...]:
    return (*rules.DOCUMENTS[application.kind], "OTHER")


def papers(application: Any) -> list[dict[str, Any]]:
    """The papers that are needed, and whether they are there."""
    given = {document.purpose for document in selectors.documents_of(application)}
    return [
        {
            "label": wording.DOCUMENTS[code],
            "note": wording.DOCUMENT_HINTS[code],
            "status": "READY" if code in given else "DRAFT",
            "status_label": gettext("Done") if code in given else gettext("To do"),
        }
        for code in rules.DOCUMENTS[application.kind]
    ]


def offered(application: Any) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The products and currencies the catalogue sells to such a customer today."""
    segment = rules.SEGMENTS[Kind(application.kind)]
    codes: list[tuple[str, str]] = []
    currencies: dict[str, str] = {}
    for offer in products.catalogue(ledger.business_date()):
        rows = [row for row in offer.terms if row.segment in ("", segment)]
        if rows:
            words = gettext(offer.product.description) if offer.product.description else ""
            codes.append((offer.product.code, f"{gettext(offer.product.name)}. {words}".strip()))
            currencies |= {row.currency: row.currency for row in rows}
    return codes, sorted(currencies.items(), key=lambda one: (one[0] != "KES", one[0]))


def questions(task: str) -> list[str]:
    return checks.questions(task)


def answers(application: Any, task: str) -> dict[str, Any]:
    """What was answered so far; the bank's own country where nothing was."""
    known = {**application.answers.get(task, {}), **selectors.sealed_answers(application).get(task, {})}
    countries = {name: formats.TERRITORY for name in questions(task) if name in wording.COUNTRY_FIELDS}
    countries.pop("other_country", None)
    return {**countries, "currency": "KES", **known}


def review_row(review: Any) -> dict[str, Any]:
    """A re-verification as a row of a list."""
    return {
        "label": gettext("Confirm the details of %(name)s") % {"name": review.customer.display_name},
        "note": gettext("Until %(day)s") % {"day": formats.day(review.due_date)},
        "url": reverse("public:join-review", args=[review.pk]),
        "status": "PENDING",
        "status_label": gettext("Waiting for you"),
    }


def held(customer: Any) -> list[tuple[str, str]]:
    """What the bank knows of a customer, for them to confirm."""
    rows = [(gettext("Name"), customer.display_name), (gettext("CIF"), customer.cif)]
    rows += [(gettext("E-mail address"), customer.email), (gettext("Phone"), customer.phone)]
    for address in customer.addresses.all():
        words = ", ".join(
            part
            for part in (address.street, address.town, address.postal_code, wording.country(address.country))
            if part
        )
        rows.append((str(address.get_purpose_display()), words))
    return [(label, says) for label, says in rows if says]
