"""Messages and news into their tables, each once; and the word to the worker that something waits."""

from collections.abc import Iterable, Sequence

from bank.kernel import clock
from bank.payments.models import NetworkEvent, NetworkMessage
from bank.payments.network import Event, Outgoing, Received
from bank.payments.rules import Direction, EventOutcome, MessagePurpose, MessageStatus
from bank.payments.services.networks import news
from bank.runtime import outbox

TO_SEND = "payments.network_message_waits"
TO_APPLY = "payments.network_news_waits"


def keep_outgoing(rail_code: str, messages: Iterable[Outgoing], purpose: MessagePurpose) -> None:
    """Stores messages to be sent, in the caller's database transaction; the worker is told after it."""
    now = clock.now()
    rows = [
        NetworkMessage(
            rail=rail_code,
            direction=Direction.OUT,
            purpose=purpose,
            kind=one.kind[:40],
            key=one.key,
            content=one.content.encode(),
            references=list(one.references),
            status=MessageStatus.WAITING,
            next_try_at=now,
        )
        for one in messages
    ]
    NetworkMessage.objects.bulk_create(rows)
    if rows:
        outbox.emit(TO_SEND, {"rail": rail_code})


def keep_received(rail_code: str, received: Received, content: bytes) -> bool:
    """Stores a message of the network with its news; False where it was there already."""
    message = NetworkMessage(
        rail=rail_code,
        direction=Direction.IN,
        purpose=MessagePurpose.NEWS,
        kind=news.cleaned(received.kind)[:40],
        key=news.cleaned(received.key)[:140],
        content=content,
        status=MessageStatus.RECEIVED,
        attempts=1,
        done_at=clock.now(),
    )
    NetworkMessage.objects.bulk_create([message], ignore_conflicts=True)
    kept = NetworkMessage.objects.select_for_update().get(
        rail=rail_code, direction=Direction.IN, key=message.key
    )
    if kept.events.exists() or kept.attempts > 1:
        kept.attempts += 1
        kept.save(update_fields=["attempts"])
        return False
    keep_events(kept, received.events)
    return True


def keep_events(message: NetworkMessage, events: Sequence[Event]) -> None:
    """Stores news to be applied, in the caller's database transaction; the worker is told after it."""
    NetworkEvent.objects.bulk_create(
        NetworkEvent(
            message=message,
            kind=news.kind_of(event),
            reference=news.reference_of(event),
            told=news.write(event),
            outcome=EventOutcome.WAITING,
        )
        for event in events
    )
    if events:
        outbox.emit(TO_APPLY, {"message": message.pk})
