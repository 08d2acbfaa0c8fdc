"""Answers that are documents: whatever the caller accepts, refusals stay problem documents."""

from typing import Any

from rest_framework.renderers import JSONRenderer


class AnyDocument(JSONRenderer):
    """Lets a view answer with a file of its own type; renders the refusal when there is one."""

    media_type = "*/*"
    format = "document"

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        return super().render(data, "application/json", renderer_context)
