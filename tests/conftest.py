"""What every test shares: the embedded database, up before the first test."""

from bank.runtime import embedded, services

if services.database_is_embedded():
    embedded.start_database()
