"""Celery: load, call one service."""

from celery import shared_task

from bank.ledger import holds, proof, sealing


@shared_task(name="ledger.seal")
def seal() -> int:
    """Follows the postings into the hash chain; beat runs it every few seconds."""
    return sealing.seal()


@shared_task(name="ledger.expire_holds")
def expire_holds() -> int:
    """Ends holds whose time is over; beat runs it every minute."""
    return holds.expire_holds()


@shared_task(name="ledger.prove")
def prove() -> str | None:
    """Proves the book for the staff's page; beat runs it every night."""
    finding = proof.prove_and_record()
    return finding.fault if finding else None
