"""Reads what strangers send in: a process of its own, with little memory and little time.

Parsers of pictures and PDFs are where hostile files do their work. ``inspect`` gives the file to a
child that holds no secret and no connection, and that the system ends when it takes too much.
"""

import json
import logging
import subprocess
import sys
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from bank.documents import errors
from bank.documents.rules import Inspected, MediaType
from bank.kernel.errors import BankError
from bank.runtime import services

_log = logging.getLogger(__name__)
TIMEOUT_S: Final = 30
_REFUSALS: Final[dict[str, type[BankError]]] = {
    error.code: error
    for error in vars(errors).values()
    if isinstance(error, type) and issubclass(error, BankError)
}
#: What a PDF may hold that runs or carries something; the child tells the code.
_ACTIVE: Final = {
    "SCRIPT": _("a script"),
    "PROGRAM": _("a command that starts a program"),
    "FILES": _("attached files"),
    "OPENING": _("an action that runs by itself"),
    "FORM": _("a form with a program"),
    "LINKS": _("links into other files"),
    "MEDIA": _("films or sound"),
}


def inspect(content: bytes, media_type: MediaType) -> Inspected:
    """What the file is and the content to keep: pictures made anew, PDFs as they came.

    Raises what the child refused; ``DocumentTooComplex`` where it was ended for taking too much.
    """
    command = [sys.executable, "-m", "bank.documents.reading", media_type.value]
    try:
        child = subprocess.run(  # noqa: S603
            command, input=content, capture_output=True, timeout=TIMEOUT_S, env=_environment(), check=False
        )
    except subprocess.TimeoutExpired:
        raise errors.DocumentTooComplex from None
    if child.returncode < 0:
        raise errors.DocumentTooComplex
    if child.returncode:
        _log.error(
            "the reader of documents does not run: %s", child.stderr.decode("utf-8", "replace")[-2000:]
        )
        raise errors.ScannerUnavailable
    head, _newline, kept = child.stdout.partition(b"\n")
    return _answer(json.loads(head), kept, content)


def _answer(head: dict[str, Any], kept: bytes, content: bytes) -> Inspected:
    if refused := head.get("refused"):
        params = head["params"]
        if "found" in params:
            params["found"] = _ACTIVE[params["found"]]
        raise _REFUSALS[refused](**params)
    return Inspected(MediaType(head["media_type"]), head["pages"], kept or content)


def _environment() -> dict[str, str]:
    """No secrets; only where the code is."""
    return {"PYTHONPATH": ":".join([str(services.ROOT), *filter(None, sys.path)]), "LANG": "C.UTF-8"}
