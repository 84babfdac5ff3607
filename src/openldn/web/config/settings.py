"""Django settings of the local app.

They work with no environment at all (tests, type checker). `openldn serve` sets:

OPENLDN_DATA   the data folder; without it nothing is read from or written to disk here
OPENLDN_HOSTS  every Host header that is answered, `;` between, with the port
OPENLDN_TLS    1 when the pages are served over TLS
OPENLDN_DEMO   1 when the records are invented
OPENLDN_URL    where the app's pages are, as an e-mail names it

Whoever runs the app may set, for reminders (docs/how-to/be-reminded.md):

OPENLDN_MAIL_HOST, _PORT, _USER, _PASSWORD, _FROM   a mail server; without a host no e-mail is sent
OPENLDN_MAIL_TLS       "start" (the default), "whole" for TLS from the first byte, or "none"
OPENLDN_PUSH_CONTACT   whom a browser's maker can write to, as mailto:... or https://...
"""

import hashlib
import os
import secrets
from pathlib import Path

__all__: list[str] = []  # Django reads the names in capitals itself

DATA = Path(os.environ["OPENLDN_DATA"]) if "OPENLDN_DATA" in os.environ else None
EXACT_HOSTS = frozenset(filter(None, os.environ.get("OPENLDN_HOSTS", "").split(";")))
IS_DEMO = os.environ.get("OPENLDN_DEMO") == "1"
IS_SERVER = False  # for many people, see server_settings
ALSO_OPEN: tuple[str, ...] = ()  # addresses that a server answers to strangers
TAKES_NEWCOMERS = False  # who may make an account
MAIL_NAME = ""  # under which e-mails leave
IS_TLS = os.environ.get("OPENLDN_TLS") == "1"


def _secret() -> str:
    # Made once by web.access.folder; a process without a folder gets one of its own.
    if DATA and (DATA / "secret").is_file():
        return (DATA / "secret").read_text(encoding="ascii")
    return secrets.token_hex(32)


SECRET_KEY = _secret()
DEBUG = False
# The exact names and ports are checked by access.middleware; this is Django's own second look.
ALLOWED_HOSTS = [host.rsplit(":", 1)[0] for host in EXACT_HOSTS] or ["127.0.0.1", "localhost"]
ROOT_URLCONF = "openldn.web.config.urls"
WSGI_APPLICATION = "openldn.web.config.wsgi.application"
APPEND_SLASH = False

INSTALLED_APPS = [
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_tasks",
    "django_tasks_db",
    "openldn.web.access",
    "openldn.web.consent",
    "openldn.web.person",
    "openldn.web.ask",
    "openldn.web.know",
    "openldn.web.plan",
    "openldn.web.share",
    "openldn.web.contribute",
    "openldn.web.keeping",
    "openldn.web.reminders",
    "openldn.web.offline",
    "openldn.web.languages",
    "openldn.web.gallery",
]

MIDDLEWARE = [
    "openldn.web.access.middleware.headers",
    "openldn.web.access.middleware.known_host_only",
    "openldn.web.offline.lighter.light_files",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    # From here on every refusal is said in the reader's language.
    "openldn.web.languages.middleware.in_the_reader_s_language",
    "openldn.web.access.middleware.small_only",
    "openldn.web.access.middleware.known_only",
    "django.middleware.csrf.CsrfViewMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "openldn.web.person.context.about_the_app",
            ],
        },
    }
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(DATA / "openldn.sqlite3") if DATA else ":memory:",
        "CONN_MAX_AGE": 600,
        "OPTIONS": {
            # Write locks are taken at BEGIN, so a busy database makes a writer wait, not fail.
            "transaction_mode": "IMMEDIATE",
            "timeout": 10,
            # FULL: an entry that was acknowledged survives a power cut.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("nb", "Norsk"), ("es", "Español")]  # each by its own name
USE_I18N = True
FORMAT_MODULE_PATH = ["openldn.web.languages.formats"]
USE_TZ = True  # stored in UTC; calendar days are the person's own, see person.clock
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
# The parts of an answer look the same here and in a shared file: one set of styles.
STATICFILES_DIRS = [("report", str(Path(__file__).parents[2] / "report" / "static"))]
WHITENOISE_USE_FINDERS = True  # straight from the installed packages: nothing to collect
WHITENOISE_AUTOREFRESH = False

# Cookies do not know ports: two apps on one computer need two names.
_FOLDER_MARK = hashlib.sha256(str(DATA).encode()).hexdigest()[:8]
SESSION_COOKIE_NAME = f"openldn_{_FOLDER_MARK}"
SESSION_COOKIE_AGE = 14 * 24 * 60 * 60  # absolute: a link opens two weeks
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_SECURE = IS_TLS
CSRF_USE_SESSIONS = True  # no second cookie
CSRF_FAILURE_VIEW = "openldn.web.access.views.stale_form"

APP_URL = os.environ.get("OPENLDN_URL", "http://127.0.0.1:8642")
EMAIL_HOST = os.environ.get("OPENLDN_MAIL_HOST", "")
_MAIL_TLS = os.environ.get("OPENLDN_MAIL_TLS", "start")
EMAIL_PORT = int(os.environ.get("OPENLDN_MAIL_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("OPENLDN_MAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("OPENLDN_MAIL_PASSWORD", "")
EMAIL_USE_TLS = bool(EMAIL_HOST) and _MAIL_TLS == "start"
EMAIL_USE_SSL = bool(EMAIL_HOST) and _MAIL_TLS == "whole"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("OPENLDN_MAIL_FROM", "reminders@localhost")
# The push services of the browsers' makers, and nobody else: see web.reminders.push.
PUSH_HOSTS = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    ".push.apple.com",
    ".notify.windows.com",
)
PUSH_STAND_INS: tuple[str, ...] = ()  # beginnings of addresses on this computer, for tests
PUSH_CONTACT = os.environ.get("OPENLDN_PUSH_CONTACT", "mailto:nobody@example.org")

# Bytes. A plan is about 2 kB, a seal 1 kB; but a note of a megabyte, three signs for each byte in
# a form, is answered by a page that gives it back.
LARGEST_REQUEST = 4_000_000
DATA_UPLOAD_MAX_MEMORY_SIZE = LARGEST_REQUEST
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100
FILE_UPLOAD_PERMISSIONS = 0o600

# Errors go to a file of the data folder: the terminal stays readable, records stay at home.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "class": "openldn.web.access.logs.LinklessFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {
        "file": (
            {
                "class": "logging.handlers.RotatingFileHandler",
                "filename": str(DATA / "openldn.log"),
                "maxBytes": 1_000_000,
                "backupCount": 1,
                "delay": True,
                "formatter": "line",
            }
            if DATA
            else {"class": "logging.NullHandler"}
        )
    },
    "root": {"handlers": ["file"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["file"], "level": "WARNING", "propagate": False},
        "django_tasks": {"handlers": ["file"], "level": "WARNING", "propagate": False},
        "django_tasks_db": {"handlers": ["file"], "level": "WARNING", "propagate": False},
    },
}
