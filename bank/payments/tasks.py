"""Celery: load, call one service."""

from celery import shared_task

from bank.payments import services
from bank.payments.rules import FileStatus
from bank.payments.services import networks


@shared_task(name="payments.tend_networks")
def tend_networks() -> None:
    """Beat runs it every few seconds: what is due leaves, what is there comes in."""
    networks.tend()


@shared_task(name="payments.ask_networks")
def ask_networks() -> None:
    """Beat runs it every minute: what is long on its way is asked after."""
    networks.ask_after_the_silent()


@shared_task(name="payments.reconcile_networks")
def reconcile_networks() -> None:
    """Beat runs it every morning: yesterday beside each network's own record of it."""
    networks.reconcile_yesterday()


@shared_task(name="payments.send_to_networks")
def send_to_networks() -> None:
    """Sends what waits now; every commit that stored a message wakes it."""
    networks.send_due()
    networks.apply_waiting()


@shared_task(name="payments.apply_news")
def apply_news() -> None:
    """Applies what networks said; every commit that stored news wakes it."""
    networks.apply_waiting()


@shared_task(name="payments.check_file")
def check_file(reference: str) -> None:
    """Checks a payment file, from where it was left."""
    services.check_payment_file(reference=reference)


@shared_task(name="payments.release_file")
def release_file(reference: str) -> None:
    """Pays a confirmed payment file."""
    services.release_payment_file(reference=reference)


@shared_task(name="payments.resume_files")
def resume_files() -> int:
    """Beat runs it every minute; what a dead machine left is handed to another."""
    overdue = services.hand_out_overdue()
    for status, reference in overdue:
        (check_file if status == FileStatus.VALIDATING else release_file).delay(reference)
    return len(overdue)
