"""Celery: load, call one service."""

from celery import shared_task

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
