"""The bank's settings, read from the environment and typed.

``BANK_ENV`` is ``production`` (the default), ``demo`` (what ``script/server`` sets) or
``test``. Production starts only when everything in ``REQUIRED_IN_PRODUCTION`` is set, and
names what is missing; the others generate their secrets under ``var/`` and keep them.
"""

import os
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from kombu import Queue

from bank.runtime import languages, secrets, services
from bank.schedule import BEAT

REQUIRED_IN_PRODUCTION = (
    "SECRET_KEY",
    "JWT_SIGNING_KEY",
    "FIELD_KEYS",
    "LOOKUP_KEY",
    "DATABASE_URL",
    "BROKER_URL",
    "CACHE_URL",
    "ALLOWED_HOSTS",
    "EMAIL_URL",
    "PUBLIC_URL",
    "DOCUMENT_SIGNING_KEY",
    "DOCUMENT_SIGNING_CERTIFICATES",
)

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
BANK_ENV = env.str("BANK_ENV", "production")
if BANK_ENV not in {"production", "demo", "test"}:
    raise ImproperlyConfigured(f"BANK_ENV is {BANK_ENV!r}; it must be production, demo or test.")
PRODUCTION = BANK_ENV == "production"
DEMO = BANK_ENV == "demo"
TESTING = BANK_ENV == "test"
DEBUG = env.bool("DEBUG", False)

if PRODUCTION:
    missing = [name for name in REQUIRED_IN_PRODUCTION if not env.str(name, "")]
    if missing:
        raise ImproperlyConfigured(
            f"Set these environment variables to run in production: {', '.join(missing)}. "
            "For a demonstration bank run script/server, which sets BANK_ENV=demo."
        )
    if DEBUG:
        raise ImproperlyConfigured("DEBUG shows strangers the bank's inside: not in production.")

VAR_DIR = services.var_dir()
FILES_DIR = VAR_DIR / "files"
DOCUMENTS_DIR = Path(env.str("DOCUMENTS_DIR", str(VAR_DIR / "documents")))
CLAMD_ADDRESS = env.str("CLAMD_ADDRESS", "")
"""Of a ClamAV daemon, its Unix socket or ``host:port``; what is handed in is then scanned there as well."""
SECRET_KEY = env.str("SECRET_KEY", "") or secrets.kept("secret_key")
JWT_SIGNING_KEY = env.str("JWT_SIGNING_KEY", "") or secrets.kept_signing_key("jwt_key.pem")
FIELD_KEYS = env.list("FIELD_KEYS", default=[]) or [secrets.kept_field_key("field_key")]
"""Seal stored secrets: the first seals, all of them open. ``manage.py reencrypt`` moves on to the first."""
LOOKUP_KEY = env.str("LOOKUP_KEY", "") or secrets.kept("lookup_key")
DOCUMENT_SIGNING_KEY = env.str("DOCUMENT_SIGNING_KEY", "", multiline=True)
DOCUMENT_SIGNING_CERTIFICATES = env.str("DOCUMENT_SIGNING_CERTIFICATES", "", multiline=True)
"""What PDFs are signed with, as PEM: a private key, its certificate and those above it. Without them
the bank signs with a key and certificate of its own making, which nobody else vouches for."""
DROP_DIR = Path(env.str("DROP_DIR", str(VAR_DIR / "drop")))
"""The root of the customers' SFTP folders, a folder for each customer number."""
OUTGOING_TRUSTED = [ip_network(one) for one in env.list("OUTGOING_TRUSTED", default=[])]
"""Networks of our own that webhooks may reach, plainly too; otherwise https and the open Internet only."""

# --- The bank itself
BANK_NAME = env.str("BANK_NAME", "Umoja Bank")
BANK_BIC = env.str("BANK_BIC", "UMOJKENA")
BANK_BASE_CURRENCY = env.str("BANK_BASE_CURRENCY", "KES")
OFFICE_HOURS = env.list("OFFICE_HOURS", default=["08:00", "17:00"])
"""When the desk opens and closes, in ``TIME_ZONE``, on the business days of the base currency's country."""
BANK_CALENDAR = env.str("BANK_CALENDAR", BANK_BASE_CURRENCY)
"""Whose holidays and weekends the bank keeps, by a name ``bank.kernel.calendars`` knows."""
CALENDAR_REFRESH_S = None if TESTING else 60
"""For how long a process goes by the holidays staff set as it read them; None: until it is told."""
CLOSES_AT = env.str("CLOSES_AT", "22:00")
"""When the business date is closed, in ``TIME_ZONE``; from the first start on a row staff change."""
PUBLIC_URL = env.str("PUBLIC_URL", f"http://127.0.0.1:{env.int('PORT', 8000)}")
NETWORKS_URL = env.str("NETWORKS_URL", "http://127.0.0.1:8090" if DEMO else "")
"""Where the other sides of the rails are played (bank/payments/sandbox.py); empty where they are real."""
RAIL_URLS = {code: env.str(f"RAIL_{code}_URL", "") for code in ("EFT", "RTGS", "ACH", "SWIFT", "MPESA")}
RAIL_KEYS = {code: env.str(f"RAIL_{code}_KEY", "") for code in RAIL_URLS}
"""Networks of their own and what is shared with them; rails without an address look under NETWORKS_URL."""
INTERBANK_SWITCH_BIC = env.str("INTERBANK_SWITCH_BIC", "SWCHKENA")
BANK_ACH_ROUTING = env.str("BANK_ACH_ROUTING", "021299007")
ACH_OPERATOR_ROUTING = env.str("ACH_OPERATOR_ROUTING", "061299902")
RAIL_ACH_OFFSET_ACCOUNT = env.str("RAIL_ACH_OFFSET_ACCOUNT", "")
"""The account of ours every ACH batch is balanced against; without one, files are unbalanced."""
RAIL_MPESA = env.json("RAIL_MPESA", default={})
"""Who the bank is at M-Pesa: see docs/reference/rails-mpesa.md."""
RAIL_MPESA_CALLBACK_URL = env.str("RAIL_MPESA_CALLBACK_URL", f"{PUBLIC_URL}/networks/mpesa")
RAIL_MPESA_CALLBACK_NETWORKS = list(map(ip_network, env.list("RAIL_MPESA_CALLBACK_NETWORKS", default=[])))
"""Where M-Pesa calls back, and from where it may; with no network named, from everywhere."""
CORRESPONDENTS = env.json("CORRESPONDENTS", default={"USD": "SNBXUS33", "EUR": "SNBXDEFF", "GBP": "SNBXGB2L"})
"""The banks that keep our accounts abroad, by currency."""
NETWORKS_GATHER_S = env.int("NETWORKS_GATHER_S", 900 if PRODUCTION else 15)
"""How long orders are gathered for a network that takes them in batches."""
EVENTS_URL = env.str("EVENTS_URL", "")
"""Where events are relayed to, as an amqp:// address; empty: nowhere."""
EVENTS_EXCHANGE = env.str("EVENTS_EXCHANGE", "umoja.events")
SANDBOX_URL = env.str("SANDBOX_URL", PUBLIC_URL if DEMO or TESTING else "")
"""Where programs are tried out; the demonstration bank is its own."""

# --- Hosts and transport
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", False) else None
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", PRODUCTION)
SECURE_HSTS_SECONDS = 63_072_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "bank.web.views.failures.csrf"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_IDLE_S = env.int("SESSION_IDLE_S", 5 * 60 if PRODUCTION else 30 * 60)
SESSION_ABSOLUTE_S = env.int("SESSION_ABSOLUTE_S", 8 * 60 * 60)
SESSION_COOKIE_AGE = SESSION_ABSOLUTE_S
# Messages name payees; a cookie of their own would carry the names in the clear.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

_STRICT_CSP = {
    "default-src": [SELF],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF, "data:"],
    "font-src": [SELF],
    "connect-src": [SELF],
    "object-src": [NONE],
    "base-uri": [NONE],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
    "report-uri": ["/csp-reports/"],
    "report-to": "csp",
}
CONTENT_SECURITY_POLICY = {"DIRECTIVES": _STRICT_CSP}

# --- Applications
INSTALLED_APPS = [
    "bank.web",
    "bank.backoffice.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "django_celery_beat",
    "rest_framework",
    "rest_framework_simplejwt.token_blacklist",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "oauth2_provider",
    "django_htmx",
    "csp",
    "bank.runtime",
    "bank.identity",
    "bank.audit",
    "bank.workflows",
    "bank.documents",
    "bank.ledger",
    "bank.bookkeeping",
    "bank.cif",
    "bank.products",
    "bank.places",
    "bank.signing",
    "bank.accounts",
    "bank.interest",
    "bank.deposits",
    "bank.cases",
    "bank.access",
    "bank.risk",
    "bank.payments",
    "bank.counter",
    "bank.standing",
    "bank.debits",
    "bank.requests",
    "bank.invoicing",
    "bank.payroll",
    "bank.expenses",
    "bank.liquidity",
    "bank.trail",
    "bank.onboarding",
    "bank.statements",
    "bank.notifications",
    "bank.privacy",
    "bank.eod",
    "bank.backoffice",
    "bank.demo",
]
MIDDLEWARE = [
    "bank.web.middleware.Correlation",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "bank.web.acceptable.Acceptable",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "bank.identity.middleware.SessionWatch",
    "bank.web.middleware.Context",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "bank.web.middleware.PrivateByDefault",
    "bank.access.middleware.RequestLog",
]
ROOT_URLCONF = "bank.urls"
WSGI_APPLICATION = "bank.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "bank.web.context_processors.bank",
            ],
            "libraries": {"public": "portals.public.filters"},
        },
    }
]
FORM_RENDERER = "bank.web.form_renderer.FormRenderer"

# --- Database, cache, broker
DATABASES = {"default": env.db_url_config(services.database_url())}
DATABASES["default"] |= {
    "CONN_MAX_AGE": env.int("CONN_MAX_AGE", 60),
    "CONN_HEALTH_CHECKS": True,
    "ATOMIC_REQUESTS": False,
    "TEST": {"NAME": env.str("BANK_TEST_DB", "test_bank")},
}
DATABASE_SESSIONS_ARE_SHARED = env.bool("DATABASE_SESSIONS_ARE_SHARED", False)
"""Whether a pooler lends sessions of the database by the transaction (PgBouncer's transaction mode)."""
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": services.cache_url(),
        "KEY_PREFIX": "bank",
    }
}
if services.cache_url() == "memory://" or (TESTING and services.cache_is_embedded()):
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

CELERY_BROKER_URL = services.broker_url()
if TESTING and services.broker_is_embedded():
    CELERY_BROKER_URL = "memory://"
# A task is confirmed after its work, so a killed worker's task comes back; every effect is
# guarded by a unique key, so coming back changes nothing twice.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_DEFAULT_QUEUE = "bank"
CELERY_TASK_TIME_LIMIT = 50 * 60
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BEAT_SCHEDULE = BEAT
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any]
if services.is_rabbitmq(CELERY_BROKER_URL):
    CELERY_TASK_QUEUES = [
        Queue(
            CELERY_TASK_DEFAULT_QUEUE,
            routing_key=CELERY_TASK_DEFAULT_QUEUE,
            queue_arguments=services.rabbitmq_queue(),
        )
    ]
    CELERY_BROKER_TRANSPORT_OPTIONS = services.rabbitmq_options()
    CELERY_BROKER_HEARTBEAT = 20
else:
    # Longer than the longest task, or a slow task would run twice.
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 60 * 60,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 2,
        # A publisher asks once and goes on; the outbox keeps what could not be told.
        "max_retries": 1,
        "interval_start": 0,
        "interval_max": 0.1,
    }

# --- Identity
AUTH_USER_MODEL = "identity.User"
AUTHENTICATION_BACKENDS = ["bank.identity.backends.RoleBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "identity:sign_in"
LOGIN_REDIRECT_URL = "/"
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)
"""How many proxies in front add to X-Forwarded-For; 0 means the header is ignored."""
STAFF_NETWORKS = [ip_network(one) for one in env.list("STAFF_NETWORKS", default=[])]
"""Where the staff door opens, such as 10.20.0.0/16; with none named, everywhere."""

# --- Mail: in the demonstration bank a page shows what was sent
vars().update(env.email_url_config(env.str("EMAIL_URL", "dummymail://")))
if DEMO and not env.str("EMAIL_URL", ""):
    EMAIL_BACKEND = "bank.runtime.mail.VisibleOutbox"
SECURITY_EMAIL = env.str("SECURITY_EMAIL", "security@umoja.example")
"""Whom security.txt and the security page name for reports of weaknesses."""
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", f"{BANK_NAME} <no-reply@umoja.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Text messages: in the demonstration bank a page shows what was sent
SMS_URL = env.str("SMS_URL", "")
SMS_TOKEN = env.str("SMS_TOKEN", "")
SMS_SENDER = env.str("SMS_SENDER", BANK_NAME)
SMS_GATEWAY = "bank.runtime.sms.HttpsGateway" if SMS_URL else ""
if SMS_URL and not SMS_URL.startswith("https://"):
    raise ImproperlyConfigured("SMS_URL must begin with https://: codes are in what is sent there.")
if not PRODUCTION and not SMS_URL:
    SMS_GATEWAY = "bank.runtime.sms.VisibleOutbox"
PHONE_REGION = env.str("PHONE_REGION", "KE")
"""Whose phone numbers may be typed without a country code."""

# --- REST
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "bank.access.doors.KeyAuthentication",
        "bank.access.doors.ConsentAuthentication",
        "bank.identity.tokens.AccessTokenAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "bank.web.scopes.ScopeAllows",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["bank.web.rest.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": None,
    "EXCEPTION_HANDLER": "bank.web.problems.exception_handler",
    "DEFAULT_VERSIONING_CLASS": None,
    "COERCE_DECIMAL_TO_STRING": True,
    "UNICODE_JSON": True,
    "STRICT_JSON": True,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
JWT_AUDIENCES = {"api": "umoja-api", "tokens": "umoja-tokens"}
"""Whom a token is for, by door: access tokens for the API, refresh tokens for the token endpoint alone."""
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=5),
    "REFRESH_TOKEN_LIFETIME": timedelta(hours=8),
    "ROTATE_REFRESH_TOKENS": True,
    "BLACKLIST_AFTER_ROTATION": True,
    "ALGORITHM": "ES256",
    "SIGNING_KEY": JWT_SIGNING_KEY,
    "VERIFYING_KEY": secrets.public_key(JWT_SIGNING_KEY),
    "ISSUER": PUBLIC_URL,
    "LEEWAY": 30,
}
# --- OAuth 2.0 as RFC 9700 wants it
OAUTH2_PROVIDER_APPLICATION_MODEL = "access.App"
OAUTH2_PROVIDER = {
    "OAUTH2_VALIDATOR_CLASS": "bank.access.oauth.Validator",
    "SCOPES_BACKEND_CLASS": "bank.access.oauth.AppScopes",
    "SCOPES": {},
    "ACCESS_TOKEN_GENERATOR": "bank.access.oauth.new_token",
    "REFRESH_TOKEN_GENERATOR": "bank.access.oauth.new_token",
    "CLIENT_SECRET_GENERATOR_LENGTH": 64,
    "AUTHORIZATION_CODE_EXPIRE_SECONDS": 60,
    "ACCESS_TOKEN_EXPIRE_SECONDS": 10 * 60,
    "REFRESH_TOKEN_EXPIRE_SECONDS": 90 * 24 * 3600,
    "ROTATE_REFRESH_TOKEN": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "PKCE_REQUIRED": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "ALLOW_URI_WILDCARDS": False,
    **{
        f"COMPLIANT_BCP_RFC9700_{rule}": True
        for rule in (
            *("IMPLICIT_GRANT", "PASSWORD_GRANT", "PKCE_METHOD", "ACCESS_TOKEN_TRANSPORT"),
            *("AUTHZ_RESPONSE_ISS", "TOKEN_STORAGE", "REFRESH_TOKEN"),
            *("REDIRECT_URI_SCHEME", "REDIRECT_URI_MATCHING", "PKCE_REQUIRED"),
        )
    },
}
SPECTACULAR_SETTINGS = {
    "TITLE": f"{BANK_NAME} API",
    "VERSION": "1",
    "DESCRIPTION": "Accounts, statement lines, transfers, payment files and statements over one core. "
    "Amounts are text with their currency; refusals are problem documents (RFC 9457) whose codes are "
    "listed at [/api/docs/errors/](/api/docs/errors/). Get a token at `/api/v1/auth/token`, or use an API "
    "key or an app: [/developers/](/developers/).",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "AccountStatus": "bank.accounts.rules.AccountStatus",
        "ApprovalState": "bank.signing.rules.State",
        "DepositStatus": "bank.deposits.rules.Status",
        "DepositLineStatus": "bank.deposits.rules.LineStatus",
        "NameCheck": "bank.payments.rules.NameCheck",
        "PaymentStatus": "bank.payments.rules.PaymentStatus",
        "PaymentFileStatus": "bank.payments.rules.FileStatus",
        "PaymentFileLineStatus": "bank.payments.rules.LineStatus",
        "StandingOrderStatus": "bank.standing.rules.OrderStatus",
        "StandingRunStatus": "bank.standing.rules.RunStatus",
        "WebhookState": "bank.notifications.rules.EndpointState",
        "DeliveryState": "bank.notifications.rules.DeliveryState",
        "StatementStatus": "bank.statements.rules.Status",
        "StatementFormat": "bank.statements.formats.CODES",
        "SubscriptionState": "bank.statements.rules.State",
        "SubscriptionChannel": "bank.statements.rules.Channel",
        "SubscriptionFrequency": "bank.statements.rules.Frequency",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "bank.web.docs.schema.add_problems",
    ],
}

# --- Language and time
LANGUAGE_CODE = "en"
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGES = languages.spoken(BASE_DIR / "locale")
"""English and whatever has a folder under locale/."""
USE_TZ = True
FORMAT_MODULE_PATH = ["bank.web.locale_formats"]
TIME_ZONE = env.str("TIME_ZONE", "Africa/Nairobi")
LANGUAGE_COOKIE_NAME = "__Host-language" if PRODUCTION else "language"
LANGUAGE_COOKIE_SECURE = PRODUCTION
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"

# --- Static files
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": FILES_DIR}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_USE_FINDERS = TESTING

# --- Limits on what comes in
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
PAYMENT_FILE_MAX_BYTES = env.int("PAYMENT_FILE_MAX_BYTES", 64_000_000)
PAYMENT_FILE_AT_ONCE_BYTES, PAYMENT_FILE_AT_ONCE_LINES = 300_000, 2_000  # what is more, a worker does
PAYMENT_FILE_AT_ONCE_SCREENED = 50  # payees new to the watch lists, at 30 ms of processor time each

# --- Logs: one JSON object a line, with correlation ids, never with secrets
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "bank.runtime.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING" if TESTING else "INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        # Every two seconds that a task came, began and ended: what failed is logged all the same.
        "celery": {"level": "WARNING"},
        "django_celery_beat": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
        "weasyprint": {"level": "WARNING"},
    },
}
