"""Django settings of a server for many people: the local app's, and accounts.

What the server is comes from config.server_options. With nothing said at all they still load, for
the type checker.
"""

import operator
import os

from openldn.web.config.server_options import database_of, email_of, options_from

__all__: list[str] = []  # Django reads the names in capitals itself

OPTIONS = options_from(os.environ)
if OPTIONS.data:
    os.environ["OPENLDN_DATA"] = OPTIONS.data  # which the local settings read

from openldn.web.config import settings as local  # noqa: E402

# As there, but for what follows.
globals().update({name: value for name, value in vars(local).items() if name.isupper()})

IS_SERVER = True
IS_TLS = True

EXACT_HOSTS = frozenset({OPTIONS.host.lower()})
ALLOWED_HOSTS = [OPTIONS.host.rsplit(":", 1)[0]]
APP_URL = f"https://{OPTIONS.host}"
ROOT_URLCONF = "openldn.web.config.server_urls"
WSGI_APPLICATION = "openldn.web.config.wsgi.application"
# Read without an account: what is known, the safety check, the pack, and the way in.
ALSO_OPEN = (
    *("/account/", "/known", "/check", "/pack", "/card.pdf", "/help", "/warning-signs"),
    "/favicon.ico",
)

# Ours stands first: its templates are found before those of allauth.
INSTALLED_APPS = [
    *local.INSTALLED_APPS,
    "openldn.web.accounts",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]


def _with_accounts(middleware: list[str]) -> list[str]:
    """Put what accounts need into the local app's list, each at its place."""
    after = {
        "openldn.web.access.middleware.small_only": [
            "django.middleware.security.SecurityMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        "django.contrib.sessions.middleware.SessionMiddleware": [
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        "django.middleware.csrf.CsrfViewMiddleware": [
            "openldn.web.accounts.middleware.second_factor_first",
            "allauth.account.middleware.AccountMiddleware",
            "allauth.usersessions.middleware.UserSessionsMiddleware",
        ],
    }
    return [name for one in middleware for name in (one, *after.get(one, []))]


MIDDLEWARE = _with_accounts(local.MIDDLEWARE)
TEMPLATES = [
    {
        **local.TEMPLATES[0],
        "OPTIONS": {
            "context_processors": [
                *local.TEMPLATES[0]["OPTIONS"]["context_processors"],  # type: ignore[index]
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DATABASES = {"default": database_of(OPTIONS) or local.DATABASES["default"]}
# In the database: limits count for all page processes together, and outlive them.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "openldn_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# TLS: whoever asks without it is sent to it, and browsers remember for a year.
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^alive$"]  # the program itself asks, beside the proxy
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_REFERRER_POLICY = "same-origin"
# Whether a domain goes on the lists that browsers ship is for its owner to ask for.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
if OPTIONS.proxies:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
ALLAUTH_TRUSTED_PROXY_COUNT = OPTIONS.proxies

SESSION_COOKIE_NAME = "__Host-notes"  # for this host alone, over TLS alone
SESSION_COOKIE_AGE = 30 * 24 * 60 * 60
SESSION_COOKIE_SECURE = True
# Lax: the link in a reminder opens the evening of whoever is signed in. Forms have their token.
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/account/login/"

ACCOUNT_ADAPTER = "openldn.web.accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = operator.attrgetter("email")  # what a passkey is named by on a device
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]  # no name; a password only for who wants one
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody gets mail because a stranger typed their address
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
MFA_ADAPTER = "openldn.web.accounts.adapters.SecondFactor"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = OPTIONS.mail_name

DEFAULT_FROM_EMAIL = OPTIONS.email_from
MAIL_NAME = OPTIONS.mail_name
TAKES_NEWCOMERS = OPTIONS.sign_up == "open"
globals().update(email_of(OPTIONS))
