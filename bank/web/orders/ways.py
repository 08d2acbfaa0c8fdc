"""Why a payment to another bank takes the rail it takes, in the reader's language."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

_WHYS = {
    "CHOSEN": _("Chosen"),
    "TOO_SMALL": _("Carries larger payments only"),
    "TOO_LARGE": _("Carries smaller payments only"),
    "SLOWER": _("Takes longer"),
    "DEARER": _("Costs more"),
    "NOT_ASKED_FOR": _("Another way was chosen"),
}


def ways(considered: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    """Every rail and why it was chosen or not, in the reader's language. What other rails find wrong with
    the details of a payment is left out: it is not theirs to carry."""
    return [
        {"rail": one["rail"], "says": str(_WHYS.get(one["code"], one["sentence"])), "charges": one["charges"]}
        for one in considered
        if one["code"] not in {"NOT_THERE", "NOT_SET_UP", "FORMAT", "CURRENCY"}
    ]


def chosen(considered: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """The rail taken, with when it leaves where it waits; None within the bank."""
    found = [one for one in considered if one["is_chosen"]]
    if not found:
        return None
    waits = found[0]["waits_until"]
    return {**found[0], "leaves_at": datetime.fromisoformat(waits) if waits else None}
