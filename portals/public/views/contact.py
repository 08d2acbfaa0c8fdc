"""Questions, requests and complaints from anybody; each becomes a case that staff see."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext

from bank.cases import services as cases
from bank.cases.errors import UnusableCase
from bank.kernel import ids
from bank.runtime.windows import Window
from bank.web.middleware import client_address
from bank.web.views.pages import posted, spoken
from portals.public.forms.contact import ContactForm
from portals.public.pages import public_form, public_page, show

#: Messages from one address in an hour: enough for a family, too few for a flood.
MOST_AN_HOUR = 6
_HOUR_S = 3600
_SENT = "contact_reference"


@public_form
def contact(request: HttpRequest) -> HttpResponse:
    """The form; what is sent becomes a case, whose reference the next page shows."""
    form = ContactForm(posted(request), initial={"kind": request.GET.get("about", "").upper()})
    if request.method != "POST" or not form.is_valid():
        return show(request, "contact.html", form=form, status=400 if form.errors else 200)
    if Window("contact", client_address(request), _HOUR_S).count() > MOST_AN_HOUR:
        form.add_error(
            None, gettext("Too many messages came from your address. Try again in an hour, or call us.")
        )
        return show(request, "contact.html", form=form, status=429)
    if form.is_trapped:
        return _done(request, ids.reference("CASE"))
    try:
        case = cases.open_case(**form.told(), language=get_language() or "en")
    except UnusableCase as error:
        form.add_error(None, spoken(error))
        return show(request, "contact.html", form=form, status=error.status)
    return _done(request, case.reference)


@public_page
def sent(request: HttpRequest) -> HttpResponse:
    """That it arrived, and under which reference; only for who has just sent it."""
    reference = request.session.get(_SENT)
    if not reference:
        return redirect("public:contact")
    return show(request, "contact_sent.html", reference=reference)


def _done(request: HttpRequest, reference: str) -> HttpResponse:
    """The same for a program that fell into the trap, so that it learns nothing."""
    request.session[_SENT] = reference
    return redirect("public:contact-sent")
