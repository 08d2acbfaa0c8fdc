"""The task list and its pages: questions, people, documents, the last look, sending."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bank.documents import selectors as documents
from bank.documents import services as vault
from bank.documents import serving
from bank.identity.attempts import Scope
from bank.kernel.errors import BankError
from bank.onboarding import checks, rules, selectors, services, showing, wording
from bank.onboarding.errors import UnusableAnswers
from bank.onboarding.rules import Task
from bank.web.views.pages import customer_page, paced, posted, spoken, user_of
from portals.public import joining
from portals.public.forms.join import Questions, ReviewForm, UploadForm, offer
from portals.public.views.join_begin import show

_get_or_post = require_http_methods(["GET", "POST"])


@customer_page
@require_GET
def tasks(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """What is to be answered, what was; once sent, how it stands."""
    application = selectors.application_for(user_of(request), application_id)
    is_open = application.state in rules.OPEN_TO_APPLICANT
    listed = joining.tasks(application)
    context: dict[str, Any] = {
        "application": application,
        "is_open": is_open,
        "may_withdraw": is_open or application.state in rules.WITH_STAFF,
        "word": joining.applicants_word(application.state),
        "tasks": listed if is_open else [],
        "done": sum(one["status"] == "READY" for one in listed),
        "total": len(listed),
    }
    return show(request, "tasks.html", **context)


@customer_page
@_get_or_post
def task(request: HttpRequest, application_id: UUID, task: str) -> HttpResponse:
    """The questions of one task."""
    application, asked = _open(request, application_id), _task(task)
    if asked not in rules.TASKS[application.kind]:
        raise Http404
    form = _questions(request, application, asked)
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            services.answer(application=application, task=asked, given=form.cleaned_data)
            return redirect("public:join-tasks", application.pk)
        except UnusableAnswers as refusal:
            form.refuse(refusal)
        except BankError as refusal:
            refusals = [spoken(refusal)]
    context: dict[str, Any] = {
        "application": application,
        "form": form,
        "refusals": refusals,
        "task": asked.value,
        "title": wording.TASKS[asked],
        "agreement_version": rules.AGREEMENT_VERSION,
    }
    return show(request, "task.html", **context)


@customer_page
@require_GET
def people(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Directors and owners, and how much of the organisation they come to."""
    application = _with_people(request, application_id)
    context: dict[str, Any] = {
        "application": application,
        "parties": joining.parties(application),
        "ownership": joining.ownership_words(application),
        "gap": selectors.ownership(application).gap,
    }
    return show(request, "people.html", **context)


@customer_page
@_get_or_post
def party(request: HttpRequest, application_id: UUID, party_id: int | None = None) -> HttpResponse:
    """One director or owner, new or to be corrected."""
    application = _with_people(request, application_id)
    known = selectors.party_for(application, party_id) if party_id is not None else None
    form = Questions(
        posted(request),
        questions=checks.PARTY_QUESTIONS,
        optional={"share_pct", "email"},
        initial=_party_answers(known),
    )
    refusals: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            services.add_party(application=application, given=form.cleaned_data, party_id=party_id)
            return redirect("public:join-people", application.pk)
        except UnusableAnswers as refusal:
            form.refuse(refusal)
        except BankError as refusal:
            refusals = [spoken(refusal)]
    context: dict[str, Any] = {"application": application, "form": form, "refusals": refusals, "party": known}
    return show(request, "party.html", **context)


@customer_page
@require_POST
def remove_party(request: HttpRequest, application_id: UUID, party_id: int) -> HttpResponse:
    """Takes a director or owner off the list."""
    application = _with_people(request, application_id)
    services.remove_party(application=application, party_id=party_id)
    return redirect("public:join-people", application.pk)


@customer_page
@_get_or_post
@paced(Scope.UPLOAD)
def papers(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """The documents: what is needed, what is there, one more."""
    application = _open(request, application_id)
    purposes = joining.purposes(application)
    is_sent = request.method == "POST"
    form = UploadForm(
        request.POST if is_sent else None, request.FILES if is_sent else None, purposes=purposes
    )
    refusals: list[str] = []
    if is_sent and form.is_valid():
        try:
            _attach(request, application, form)
            return redirect("public:join-documents", application.pk)
        except BankError as refusal:
            refusals = [spoken(refusal)]
    context: dict[str, Any] = {
        "application": application,
        "form": form,
        "refusals": refusals,
        "papers": joining.papers(application),
        "documents": joining.documents(application),
    }
    return show(request, "documents.html", **context)


@customer_page
@require_GET
def paper(request: HttpRequest, application_id: UUID, document_id: UUID) -> HttpResponse:
    """One of the applicant's own documents."""
    user = user_of(request)
    application = selectors.application_for(user, application_id)
    document = documents.document_for(selectors.document_owner(application), document_id)
    return serving.respond(document=document, viewer=user)


@customer_page
@require_POST
def remove_paper(request: HttpRequest, application_id: UUID, document_id: UUID) -> HttpResponse:
    """Takes a document off the application while it is still the applicant's."""
    application = _open(request, application_id)
    document = documents.document_for(selectors.owner_of(application), document_id)
    vault.discard(document=document, by=user_of(request), reason="Taken off by the applicant")
    return redirect("public:join-documents", application.pk)


@customer_page
@_get_or_post
def check(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Everything once more; then it goes to the bank."""
    user = user_of(request)
    application = _open(request, application_id)
    if selectors.open_tasks(application):
        messages.warning(request, gettext("Some tasks are still to do."))
        return redirect("public:join-tasks", application.pk)
    refusals: list[str] = []
    if request.method == "POST":
        try:
            services.submit(application=application, by=user)
            return redirect("public:join-tasks", application.pk)
        except BankError as refusal:
            refusals = [spoken(refusal)]
    context: dict[str, Any] = {
        "application": application,
        "refusals": refusals,
        "sections": joining.sections(application, changeable=True),
        "parties": [(one, showing.party_rows(one)) for one in application.parties.all()],
        "documents": joining.documents(application),
    }
    return show(request, "check.html", **context)


@customer_page
@_get_or_post
def withdraw(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Asks, then ends the application."""
    user = user_of(request)
    application = selectors.application_for(user, application_id)
    if request.method == "POST":
        services.withdraw(application=application, by=user)
        messages.info(request, gettext("The application is withdrawn."))
        return redirect("public:join")
    return show(request, "withdraw.html", application=application)


@customer_page
@_get_or_post
def review(request: HttpRequest, review_id: int) -> HttpResponse:
    """A customer confirms that what the bank knows of them is still true, or says what is not."""
    user = user_of(request)
    asked = selectors.review_for(user, review_id)
    form = ReviewForm(posted(request))
    if request.method == "POST" and form.is_valid():
        services.answer_review(review=asked, words=form.cleaned_data["changed"], by=user)
        messages.success(request, gettext("Thank you. We have noted your answer."))
        return redirect("public:join")
    context: dict[str, Any] = {"review": asked, "form": form, "held": joining.held(asked.customer)}
    return show(request, "review.html", **context)


def _open(request: HttpRequest, application_id: UUID) -> Any:
    application = selectors.application_for(user_of(request), application_id)
    services.require_open(application)
    return application


def _with_people(request: HttpRequest, application_id: UUID) -> Any:
    application = _open(request, application_id)
    if Task.PEOPLE not in rules.TASKS[application.kind]:
        raise Http404
    return application


def _task(name: str) -> Task:
    if name.upper() not in checks.asked():
        raise Http404
    return Task(name.upper())


def _questions(request: HttpRequest, application: Any, task: Task) -> Questions:
    form = Questions(
        posted(request), questions=checks.questions(task), initial=joining.answers(application, task)
    )
    if task == Task.PRODUCT:
        codes, currencies = joining.offered(application)
        offer(form, "product", codes)
        offer(form, "currency", currencies)
    return form


def _party_answers(party: Any) -> dict[str, Any]:
    if party is None:
        return {"kind": "PERSON", "country": "KE"}
    names = ("kind", "role", "name", "birth_date", "country", "id_number", "share_pct", "email")
    known = {name: getattr(party, name) for name in names}
    return {
        **known,
        "is_exposed": "YES" if party.is_exposed else "NO",
        "is_signatory": "YES" if party.is_signatory else "NO",
    }


def _attach(request: HttpRequest, application: Any, form: UploadForm) -> None:
    upload = form.cleaned_data["file"]
    services.attach(
        application=application,
        purpose=form.cleaned_data["purpose"],
        upload=upload,
        filename=upload.name,
        by=user_of(request),
    )
