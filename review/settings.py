"""Django's settings for the console. What is set from outside is in review/environment.py."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from conversations.database import HOME
from records.settings import *  # noqa: F403
from records.settings import INSTALLED_APPS
from review.environment import read_console_settings
from review.handover.settings import *  # noqa: F403
from web.guard import NONE, SELF
from web.settings import read_page_settings
from web.visitors import signing_key

CONSOLE = read_console_settings()
SECRET_KEY = signing_key(read_page_settings()).decode()
DEBUG = False
ALLOWED_HOSTS = CONSOLE.hosts
ROOT_URLCONF = "review.urls"
WSGI_APPLICATION = "review.wsgi.application"

INSTALLED_APPS = [
    *INSTALLED_APPS,
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "drf_spectacular",
    "knox",
    "rest_framework",
    "review",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "accounts.headers.HeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    # Every page wants somebody who is logged in, unless it says that it does not.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "accounts.second_factor.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Who it is.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "accounts.roles.RoleBackend"]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "review:records"
LOGOUT_REDIRECT_URL = "accounts:login"
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
#: Seconds for which an invitation can be taken up.
PASSWORD_RESET_TIMEOUT = int(timedelta(days=3).total_seconds())
SECOND_FACTOR_REQUIRED = CONSOLE.second_factor_required
OTP_TOTP_ISSUER = "Trial Guide"

# Too many failures of one user from one address: others behind the same proxy go on working.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "accounts.lockout.address_of"
AXES_USERNAME_CALLABLE = "accounts.lockout.disguised"
AXES_LOCKOUT_CALLABLE = "accounts.lockout.locked_out"
# Who logged in is in the audit trail. What was typed into any field is nowhere.
AXES_DISABLE_ACCESS_LOG = True
AXES_HTTP_RESPONSE_CODE = 429
AXES_VERBOSE = False
PROXIES = CONSOLE.proxies

# Sessions and cookies.
SECURE = CONSOLE.origin is not None
# Each page that is asked for begins the time anew.
SESSION_COOKIE_AGE = CONSOLE.idle_minutes * 60
SESSION_SAVE_EVERY_REQUEST = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_AGE = None
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
# With the prefix, a browser takes the cookie from this very host and over https alone.
SESSION_COOKIE_NAME = "__Host-trial_guide_console" if SECURE else "trial_guide_console"
CSRF_COOKIE_NAME = "__Host-trial_guide_form" if SECURE else "trial_guide_form"
CSRF_TRUSTED_ORIGINS = [CONSOLE.origin] if CONSOLE.origin else []
# The proxies tell whether it came by https; without one, nobody may say so.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXIES else None
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if SECURE else 0
SILENCED_SYSTEM_CHECKS = [
    # What holds for other hosts of the clinic's domain is for the clinic to say.
    "security.W005",
    "security.W021",
    # The proxy sends http to https; on this machine the start itself asks without.
    "security.W008",
]
# Not “no-referrer”: of such a page browsers send forms with the origin “null”.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
#: Bytes of a form, all told: a note at its longest, every letter of it in its longest spelling, and some more.
DATA_UPLOAD_MAX_MEMORY_SIZE = 128 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100

LANGUAGE_CODE = "en"
# A language is named here once review/locale has it.
LANGUAGES = [("en", "English")]
USE_I18N = True
# What has just been done names a reference or a user: it stays on the server.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LOCALE_PATHS = [HOME / "review" / "locale"]
STATIC_URL = "static/"
# Served from where they lie: nothing has to be collected first.
WHITENOISE_USE_FINDERS = True

# The words of errors are withheld by scripts.child.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        # Each wrong password; they are in the audit trail.
        "axes": {"level": "ERROR"},
    },
}
