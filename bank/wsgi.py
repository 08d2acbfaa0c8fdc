"""The WSGI entry point for application servers."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bank.settings")
application = get_wsgi_application()
gc.freeze()  # what the start made is never garbage: the collector need not look at it with every request
