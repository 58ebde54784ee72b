"""Settings of the portal: one file, everything from the environment.

`.env.example` lists every variable with a comment, and a test keeps it complete. A file `.env` beside
`manage.py` is read where it exists; the real environment wins over it.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from pmo_portal.common.logs import logging_settings
from pmo_portal.embedded.environment import is_loopback, read_secret

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

# --- What kind of place this is --------------------------------------------------------------------

# "production": https, `__Host-` cookies, second factor enforced where the rules ask for it.
# "embedded": http on loopback, for trying out and development; set by `manage.py up` and the tests.
PMO_PROFILE = env.str("PMO_PROFILE", default="production")
if PMO_PROFILE not in {"production", "embedded"}:
    raise ImproperlyConfigured("PMO_PROFILE is either production or embedded.")
IS_PRODUCTION = PMO_PROFILE == "production"

DEBUG = env.bool("DEBUG", default=False)
# Every component with an example, for those who build pages: `/styleguide/`.
STYLEGUIDE = env.bool("PMO_STYLEGUIDE", default=DEBUG)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
if (
    not IS_PRODUCTION
    and not all(is_loopback(host) for host in ALLOWED_HOSTS)
    and not env.bool("PMO_EMBEDDED_PUBLIC", default=False)
):
    raise ImproperlyConfigured(
        "The embedded profile serves plain http and is for this machine only, but ALLOWED_HOSTS"
        " names another host. Use PMO_PROFILE=production, or force it with PMO_EMBEDDED_PUBLIC=1."
    )

SECRET_KEY = read_secret("SECRET_KEY", default="" if IS_PRODUCTION else "embedded-without-a-key")
if not SECRET_KEY:
    raise ImproperlyConfigured("Set SECRET_KEY, or SECRET_KEY_FILE, to a long random text.")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

# What uploads and exports are kept in; never inside the web root.
MEDIA_ROOT = env.str("PMO_FILES", default="") or str(BASE_DIR / "media")
MEDIA_URL = "/files-are-served-by-views/"

# --- Apps ------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "pgtrigger",
    "pghistory",
    "django_htmx",
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "django_filters",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "csp",
    "django_structlog",
    # Ground, bottom up.
    "pmo_portal.common",
    "pmo_portal.tenants",
    "pmo_portal.accounts",
    "pmo_portal.history",
    "pmo_portal.jobs",
    # Apps.
    "programmes",
    "adoption",
    "governance",
    "forecasting",
    # Roof.
    "pmo_portal.scorecards",
    "pmo_portal.desk",
    "pmo_portal.operations",
    # Frame.
    "pmo_portal.embedded",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "pmo_portal.common.logs.RequestLog",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "pmo_portal.common.rendering.SeeOther",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "pmo_portal.accounts.middleware.TenantMiddleware",
    "pmo_portal.accounts.middleware.StrongAccountMiddleware",
    "pmo_portal.common.paths.NoNulls",
]

ROOT_URLCONF = "pmo_portal.urls"
WSGI_APPLICATION = "pmo_portal.wsgi.application"

# cotton and template-partials together need plain app configs and this order of loaders.
_FILE_LOADERS = [
    "django_cotton.cotton_loader.Loader",
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [("django.template.loaders.cached.Loader", _FILE_LOADERS)],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "pmo_portal.accounts.context.shell",
            ],
        },
    }
]

# Fails a request that repeats one query for each row. Tests switch it on; the package is not deployed.
if env.bool("PMO_FIND_REPEATED_QUERIES", default=False):
    INSTALLED_APPS.append("zeal")
    MIDDLEWARE.insert(0, "zeal.middleware.zeal_middleware")
    ZEAL_RAISE = True
    # allauth looks at the sessions of one person one by one; there are few.
    ZEAL_ALLOWLIST = [
        {"model": "sessions.Session"},
        {"model": "usersessions.UserSession"},
        {"model": "accounts.User", "field": "get()"},
    ]

# --- Database --------------------------------------------------------------------------------------

# The login of this process. `manage.py` fills it in for the embedded server; the web logs in as
# pmo_app, workers as pmo_worker, and migrations as pmo_owner.
DATABASES: dict[str, Any] = {
    "default": env.db_url_config(
        env.str("DATABASE_URL", default="") or "postgres://pmo_app@/portal?host=/nowhere"
    )
}
DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
# Tenants are opened by a middleware, which needs a transaction of its own around view and rendering.
DATABASES["default"]["ATOMIC_REQUESTS"] = False
_pool = env.int("DATABASE_POOL", default=0)
if _pool:
    # Only where the number of threads is fixed, as it is for the web server.
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
        "min_size": 1,
        "max_size": _pool,
        "timeout": 10,
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# The login of pmo_eraser, for the process that erases closed organisations: the worker, and nobody else.
DATABASE_ERASER_URL = env.str("DATABASE_ERASER_URL", default="")

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis: broker and cache -----------------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL", default="")
# An empty variable counts as one that is not set, as in a copied example.
CACHE_URL = env.str("CACHE_URL", default="") or (f"{REDIS_URL.rstrip('/')}/1" if REDIS_URL else "")
CACHES: dict[str, Any] = {
    "default": (
        {
            "BACKEND": "pmo_portal.common.cache.ForgivingRedisCache",
            "LOCATION": CACHE_URL,
            "KEY_PREFIX": "pmo",
            "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
        }
        if CACHE_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="") or (
    f"{REDIS_URL.rstrip('/')}/0" if REDIS_URL else "memory://"
)
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {}
if CELERY_BROKER_URL.startswith("filesystem:"):
    _folder = env.str("CELERY_BROKER_FOLDER")
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": _folder,
        "data_folder_out": _folder,
        "control_folder": f"{_folder}/control",
    }
elif not CELERY_BROKER_URL.startswith("memory:"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 3600,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5,
        "socket_connect_timeout": 1,
        "health_check_interval": 25,
    }
# Redis may lose everything at any moment: the Job row is the job, the message only a nudge.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}
CELERY_TASK_SOFT_TIME_LIMIT = 300
# Far below the visibility timeout, always.
CELERY_TASK_TIME_LIMIT = 360
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 600_000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TIMEZONE = "UTC"
# Less than a worker has processes: one is left for the others, however much an organisation asks for.
PMO_JOBS_PER_ORGANISATION = env.int("PMO_JOBS_PER_ORGANISATION", default=1)
# Tasks without arguments that mean "now"; each is idempotent, so two schedulers would be harmless.
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "sweep": {
        "task": "pmo_portal.jobs.tasks.sweep",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "nightly": {
        "task": "pmo_portal.jobs.tasks.nightly",
        # Every hour, and once a night in effect: a machine that slept at night catches up.
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "erase-due": {
        "task": "pmo_portal.operations.tasks.erase_due",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "combine-shared": {
        "task": "forecasting.tasks.combine_shared",
        # Every hour, and once a quarter in effect, in its first days.
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
}

# --- People and sessions ---------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/accounts/login/"

ACCOUNT_ADAPTER = "pmo_portal.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if IS_PRODUCTION else "http"
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# Behind a proxy the address of the visitor comes from one trusted hop.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
SOCIALACCOUNT_ONLY = False
USERSESSIONS_TRACK_ACTIVITY = False
MFA_ADAPTER = "pmo_portal.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_TOTP_ISSUER = "PMO portal"
# A passkey on plain http works on localhost only, and only when allowed here.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_PRODUCTION
# Production: administrators, and whoever signs, need a second factor (asked by the rules).
PMO_ENFORCE_SECOND_FACTOR = env.bool("PMO_ENFORCE_SECOND_FACTOR", default=IS_PRODUCTION)

SESSION_ENGINE = "pmo_portal.accounts.sessions"
# From signing in on; what is done meanwhile makes it no longer.
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- Security of the browser -----------------------------------------------------------------------

if IS_PRODUCTION:
    SESSION_COOKIE_NAME = "__Host-s"
    CSRF_COOKIE_NAME = "__Host-c"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
    SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    if ALLAUTH_TRUSTED_PROXY_COUNT:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
else:
    # The port keeps two portals on one machine from ending each other's sessions.
    SESSION_COOKIE_NAME = f"pmo_session_{env.str('PORT', default='8000')}"
    CSRF_COOKIE_NAME = f"pmo_csrf_{env.str('PORT', default='8000')}"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_PERMISSIONS = 0o600

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        # The hash is that of the empty string: Plotly adds an empty style element.
        "style-src": [SELF, "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"],
        # Plotly sets style attributes at run time; our own templates have none.
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF, *env.list("SIGN_IN_PROVIDER_ORIGINS", default=[])],
    }
}

# --- Static files ----------------------------------------------------------------------------------

STATIC_URL = "/static/"
# Only production collects; the embedded portal serves the files where they lie.
STATIC_ROOT = env.str("STATIC_ROOT", default="") or (
    str(BASE_DIR / "staticfiles") if IS_PRODUCTION else None
)
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if IS_PRODUCTION
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = not IS_PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG

# --- Mail ------------------------------------------------------------------------------------------

vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="portal@localhost")
EMAIL_TIMEOUT = 10

# --- Words and time --------------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English"))]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="Europe/London")

# --- Logs ------------------------------------------------------------------------------------------

LOGGING = logging_settings(
    level=env.str("LOG_LEVEL", default="INFO"),
    style=env.str("LOG_FORMAT", default="json" if IS_PRODUCTION else "console"),
)
LOGGING_CONFIG = "pmo_portal.common.logs.configure"
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_COMMAND_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_USER_ID_FIELD = "pk"
