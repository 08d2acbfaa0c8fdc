"""The mail backend of the demonstration bank: messages go to a page, visibly, not to the network."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from bank.runtime.models import SentMail


class VisibleOutbox(BaseEmailBackend):
    """Keeps every message as a row that ``/dev/mail/`` shows."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        rows = [
            SentMail(recipient=address, subject=str(message.subject), body=str(message.body))
            for message in email_messages
            for address in message.recipients()
        ]
        SentMail.objects.bulk_create(rows)
        return len(email_messages)
