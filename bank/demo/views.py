"""Mail and text messages of the demonstration bank: what would have been sent, one-time codes included."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from bank.runtime.models import SentMail, SentSms

_NEWEST = 50


@never_cache
def mailbox(request: HttpRequest) -> HttpResponse:
    """The newest messages, of one recipient with ``?to=``. Exists in the demonstration bank only."""
    if not settings.DEMO:
        raise Http404
    to = request.GET.get("to", "").strip().lower()
    messages = SentMail.objects.filter(recipient=to) if to else SentMail.objects.all()
    return render(request, "demo/mailbox.html", {"mails": messages[:_NEWEST], "to": to})


@never_cache
def text_messages(request: HttpRequest) -> HttpResponse:
    """The newest text messages, to one number with ``?to=``. Exists in the demonstration bank only."""
    if not settings.DEMO:
        raise Http404
    to = "".join(request.GET.get("to", "").split())
    messages = SentSms.objects.filter(recipient=to) if to else SentSms.objects.all()
    return render(request, "demo/text_messages.html", {"messages_sent": messages[:_NEWEST], "to": to})
