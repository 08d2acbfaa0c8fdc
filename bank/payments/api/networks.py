"""Where networks call us: ``POST /networks/<rail>/<path>``. No session, no key: the rail proves the sender.

Anybody can post here. What is taken is kept in one short database transaction and applied afterwards, so
that the answer is quick; what is forged or unreadable is kept a few times a minute and changes nothing.
"""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from bank.kernel.errors import BankError
from bank.payments.network import Reply
from bank.payments.services import networks
from bank.runtime import context
from bank.runtime.windows import Window

LONGEST = 1_000_000
PER_ADDRESS = 6_000
_WINDOW_S = 60


@csrf_exempt
@require_POST
def receive(request: HttpRequest, rail: str, rest: str) -> HttpResponse:
    """Keeps one message of a network and answers what that network wants to hear."""
    window = Window("networks", context.current().ip, _WINDOW_S)
    if window.count() > PER_ADDRESS:
        return HttpResponse(status=429, headers={"Retry-After": str(window.left())})
    body = request.read(LONGEST + 1)
    if len(body) > LONGEST:
        return HttpResponse(status=413)
    try:
        reply = networks.answer(rail, body, _headers(request, rest))
    except BankError as refusal:
        return JsonResponse({"code": refusal.code}, status=refusal.status)
    return _response(reply)


def _headers(request: HttpRequest, rest: str) -> dict[str, str]:
    query = request.META.get("QUERY_STRING", "")
    told = {name.lower(): value for name, value in request.headers.items()}
    where = f"/{rest}?{query}" if query else f"/{rest}"
    return told | {":path": where, ":remote": context.current().ip, ":method": "POST"}


def _response(reply: Reply) -> HttpResponse:
    return HttpResponse(reply.body, status=reply.status, content_type=reply.content_type)


urlpatterns = [path("<slug:rail>/<path:rest>", receive, name="networks")]
