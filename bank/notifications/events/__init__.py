"""Subscribers: what happened is queued for webhooks, and noted for the people it concerns."""

from bank.notifications.events import notices, webhooks

__all__ = ["notices", "webhooks"]
