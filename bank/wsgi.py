"""The WSGI entry point for application servers."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bank.settings")
application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018  every page's code, read before a server forks its workers
gc.freeze()  # what the start made is never garbage: the collector need not look at it with every request
