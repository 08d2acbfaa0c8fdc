"""Answers conformance cases from the bank's own reading of payment messages."""

from collections.abc import Callable
from typing import Any

from bank.kernel.errors import Unsupported
from bank.messages import pain001, schemas, xml


def parse_pain001(case: dict[str, Any]) -> dict[str, Any]:
    """How many credit transfers a pain.001 holds and what their instructed amounts add up to."""
    initiation = pain001.Initiation(case["xml"])
    for _transfer in initiation.transfers():
        continue
    totals = initiation.totals
    return {
        "message": initiation.message,
        "message_id": initiation.header.message_id,
        "n_instructions": totals.count,
        "sum_instructed": str(totals.instructed_sum),
        "control_sum": str(totals.control_sum),
        "faults": [fault.code for fault in initiation.control_faults()],
    }


def validate(case: dict[str, Any]) -> dict[str, Any]:
    """Whether the published schema accepts the message.

    Raises Unsupported where the bank holds no schema of this message.
    """
    named = case.get("message") or ""
    if named and named not in schemas.held():
        raise Unsupported(what=f"schema of {named}")
    return {"valid": schemas.is_valid(xml.prepared(case["xml"]))}


OPS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "pain001.parse": parse_pain001,
    "iso20022.validate": validate,
}
