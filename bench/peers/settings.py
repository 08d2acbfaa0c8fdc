"""The least that the peers need: no app of the bank, the same server."""

from bank.settings import DATABASES

SECRET_KEY = "of no use to anybody"
DATABASES = DATABASES
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "mptt", "hordak", "bench.peers"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
DEFAULT_CURRENCY = "EUR"
CURRENCIES = ["EUR"]
