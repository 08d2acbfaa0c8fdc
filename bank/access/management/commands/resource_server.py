"""Says which app is a resource server of the bank's own, which may ask what a token is worth."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bank.access import services
from bank.access.models import App


class Command(BaseCommand):
    help = "Lets an app use /oauth/introspect/, or with --end no longer."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("client_id")
        parser.add_argument("--end", action="store_true", help="take the right away")

    def handle(self, *args: Any, **options: Any) -> None:
        app = App.objects.filter(client_id=options["client_id"]).first()
        if app is None:
            raise CommandError("There is no app with this client ID.")
        services.let_introspect(app=app, allowed=not options["end"])
        self.stdout.write(f"{app.name}: {'ended' if options['end'] else 'may introspect'}.")
