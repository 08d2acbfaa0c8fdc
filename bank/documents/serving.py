"""The response that shows a document. The view has made sure before that the document may be seen."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from bank.documents import services
from bank.documents.models import Document
from bank.identity.models import User

#: A document is no page: no script, no frame, no origin, nothing fetched, whatever it turns out to hold.
_POLICY = "default-src 'none'; img-src 'self'; style-src 'none'; frame-ancestors 'none'; sandbox"


def respond(*, document: Document, viewer: User, as_attachment: bool = False) -> HttpResponse:
    """Pictures show in their place, PDFs are always saved: browsers show none under a sandbox.

    The look is on the audit trail. Raises ``DocumentDamaged``.
    """
    content = services.open_content(document=document, viewer=viewer)
    is_saved = as_attachment or not document.is_picture
    response = HttpResponse(content, content_type=document.media_type)
    response["Content-Disposition"] = content_disposition_header(is_saved, document.filename) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
