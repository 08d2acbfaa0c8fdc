"""``manage.py seed_places``: puts the opening branches and cash machines in place."""

from typing import Any

from django.core.management.base import BaseCommand

from bank.places import services as places


class Command(BaseCommand):
    help = "Puts the opening branches and cash machines in place where they are absent."

    def handle(self, *args: Any, **options: Any) -> None:
        places.seed_places()
