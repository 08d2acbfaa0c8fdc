"""``manage.py seed_catalogue``: puts the opening products, fees and taxes in place."""

from typing import Any

from django.core.management.base import BaseCommand

from bank.products import services as products


class Command(BaseCommand):
    help = "Puts the opening products, fees and taxes in place where they are absent."

    def handle(self, *args: Any, **options: Any) -> None:
        products.seed_catalogue()
