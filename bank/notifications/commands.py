"""What needs two people about events: giving a message up for good."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bank.kernel.errors import InvalidInput
from bank.notifications import services
from bank.notifications.services import parking
from bank.runtime import outbox
from bank.runtime.models import OutboxMessage
from bank.workflows import kinds
from bank.workflows.kinds import Deed, Kind
from bank.workflows.rules import Change

MAKER_RIGHT: Final = "runtime.change_outboxmessage"


@dataclass(frozen=True, slots=True)
class Discard:
    """A parked message by its id: nobody will be told what it says."""

    message_id: str


def _message(asked: Discard) -> OutboxMessage:
    try:
        return parking.parked_message(UUID(asked.message_id))
    except ValueError:
        raise InvalidInput(problem="The id of a message is a UUID.") from None


def _check(asked: Discard) -> None:
    _message(asked)


def _difference(asked: Discard) -> list[Change]:
    message = _message(asked)
    waiting = gettext("%d wait behind it") % outbox.held_back(message)
    return [
        Change(gettext("Message"), message.topic, gettext("Discarded")),
        Change(message.subject or gettext("Others"), waiting, gettext("They go on")),
    ]


def _apply(asked: Discard, deed: Deed) -> None:
    services.discard(message_id=UUID(asked.message_id), actor=deed.checker, reason=deed.reason)


DISCARD = kinds.register(
    Kind(
        name="outbox.discard",
        title=_("Discarding a parked message"),
        shape=Discard,
        maker_right=MAKER_RIGHT,
        checker_role="ADMINISTRATOR",
        lifetime=timedelta(days=2),
        subject=lambda asked: ("OUTBOX_MESSAGE", asked.message_id),
        check=_check,
        difference=_difference,
        apply=_apply,
    )
)
