"""``manage.py bill_of_materials``: everything of others the bank runs with, as CycloneDX 1.6 JSON."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from bank.runtime import materials


class Command(BaseCommand):
    help = "Writes the bill of materials (CycloneDX 1.6 JSON) to standard output."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(json.dumps(materials.bill(), indent=2, ensure_ascii=False))
