"""One settings module for every machine. What differs comes from the environment; see env.py and docs/operators.md."""

import tempfile
from email.utils import formataddr
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from derbycity import env
from derbycity.database.timeouts import is_web, limits

BASE_DIR = env.BASE_DIR

# `local` is a developer's machine, a demonstration or a test run; everything else is production, and asks for more.
LOCAL = env.choice("DERBYCITY_ENV", ("local", "production"), "production") == "local"
DEBUG = LOCAL and env.flag("DEBUG", False)
SECRET_KEY = env.text("SECRET_KEY")
SITE_URL = env.text("SITE_URL", "http://127.0.0.1:8000" if LOCAL else env._NONE_GIVEN).rstrip("/")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "*" if LOCAL else urlsplit(SITE_URL).hostname or "")

if not LOCAL and not SITE_URL.startswith("https://"):
    raise ImproperlyConfigured(f"SITE_URL is {SITE_URL!r}; in production it must start with https://.")
if urlsplit(SITE_URL).path:
    raise ImproperlyConfigured(f"SITE_URL is {SITE_URL!r}; it must end after the name of the host.")
if not LOCAL and len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY is shorter than 50 characters; make a long random one.")

ROOT_URLCONF = "derbycity.urls"
WSGI_APPLICATION = "derbycity.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "derbycity.apps.DerbycityConfig",
    "derbycity.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.forms",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_prose_editor",
    "simple_history",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "stories",
    "news",
    "programmes",
    "partners",
    "city",
    "accounts",
    "cms",
]

MIDDLEWARE = [
    "derbycity.responses.middleware.SecurityHeaders",  # before the redirect to https, which carries them too
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "derbycity.responses.http_standards.AcceptEncoding",
    "derbycity.responses.http_standards.StaticFiles",
    "derbycity.responses.http_standards.HeadAsGet",
    "cms.page_cache.middleware.PageCacheMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "cms.site_settings.middleware.SettingsOnce",
    "derbycity.responses.script_integrity.ScriptIntegrity",  # inside compression and ETags: it changes the page
    "derbycity.responses.middleware.ErrorPages",
    "cms.page_cache.middleware.CacheRules",
    # Around all that may refuse a form: what was typed comes back. Within it a second press of a button does nothing.
    "cms.requests.preserve_input.PreserveInput",
    "cms.requests.send_once.SendOnce",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    # Behind the check of forms, which reads them first; before all that reads request.POST or request.GET in a view.
    "cms.requests.clean_text.CleanText",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.BackOffice",
    "simple_history.middleware.HistoryRequestMiddleware",
    "cms.publishing.redirects.MovedAddresses",
]

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
            ],
            "builtins": ["django.templatetags.static", "cms.templatetags.ui"],
        },
    }
]

# A widget's template may be one of ours, and what is sent for a field is cleaned: the door of text for every form.
FORM_RENDERER = "cms.text.bound_fields.FormRenderer"

# Connections are kept between requests: opening one for each costs seven times as much as the request.
_KEPT: dict[str, Any] = {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
DATABASES: dict[str, Any]
if env.text("DATABASE_URL", ""):
    try:
        DATABASES = {"default": dj_database_url.parse(env.text("DATABASE_URL")) | _KEPT}
    except ValueError:  # not quoted, and not shown as the cause: it holds a password
        raise ImproperlyConfigured("DATABASE_URL is malformed; write postgresql://user:password@host/name.") from None
    if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured(
            "DATABASE_URL must name a PostgreSQL database: postgresql://user:password@host/name."
        )
    DATABASES["default"]["ENGINE"] = "derbycity.database"
elif LOCAL:
    DATABASES = {
        "default": {
            "ENGINE": "derbycity.devtools.postgres",
            "NAME": "derbycity",
            "DATA_DIR": str(BASE_DIR / ".postgres"),
        }
        | _KEPT
    }
else:
    raise ImproperlyConfigured("DATABASE_URL is not set. In production it names the PostgreSQL server to use.")
# Nobody who asks for a page waits long for a database that says nothing; a command may.
DATABASES["default"] |= limits(DATABASES["default"].get("OPTIONS", {}), for_web=is_web())

# Megabytes of finished public pages that each worker keeps in memory (cms/page_cache/middleware.py); 0 keeps none.
PAGE_CACHE_MB: float = env.number("PAGE_CACHE_MB", 32)
# How long, after it last heard from the database, a worker goes on showing them while the database is away.
PAGE_CACHE_STALE_MINUTES: float = env.number("PAGE_CACHE_STALE_MINUTES", 15)

# Whether the weekly job asks other sites if the links to them still work; those within the portal it checks anyway.
LINK_CHECKS = env.flag("LINK_CHECKS", not LOCAL)

# What the forms that take personal data say about it (cms/lib/data_notices.py).
DATA_NOTICES = "derbycity.data_notices.NOTICES"

# Where a notice may stand: the beginning of the addresses, and its name for staff. The first is everywhere.
NOTICE_SECTIONS = (
    ("", "The whole site"),
    ("/programmes/", "Programmes"),
    ("/news/", "News"),
    ("/stories/", "The Derby Story"),
    ("/partners/", "Partners"),
    ("/wards/", "Wards"),
    ("/themes/", "Themes and priorities"),
)

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.authentication.passwords.ContextValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "accounts:home"
LOGOUT_REDIRECT_URL = "home"

# Sign-in is django-allauth's. By e-mail address alone; a new account is one of a confirmed address, without a password
# until its owner sets one, so that nobody can put a password of theirs on somebody else's address.
ACCOUNT_ADAPTER = "accounts.authentication.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = [
    "email*",
    "password1",
]  # that is for signing in; accounts/authentication/forms.py asks for none here
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
CODE_SECONDS = 15 * 60
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = ACCOUNT_LOGIN_BY_CODE_TIMEOUT = CODE_SECONDS
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = ACCOUNT_LOGIN_TIMEOUT = CODE_SECONDS
ACCOUNT_CHANGE_EMAIL = True  # one address each
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(SITE_URL).scheme
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60  # seconds
ACCOUNT_SESSION_REMEMBER = False  # the cookie goes with the browser: many share one, in a library or at school
ACCOUNT_FORMS = {
    "login": "accounts.authentication.forms.LoginForm",
    "request_login_code": "accounts.authentication.forms.RequestLoginCodeForm",
    "confirm_login_code": "accounts.authentication.forms.ConfirmLoginCodeForm",
    "confirm_email_verification_code": "accounts.authentication.forms.ConfirmEmailForm",
    "confirm_password_reset_code": "accounts.authentication.forms.ConfirmResetForm",
    "signup": "accounts.authentication.forms.SignupForm",
    "add_email": "accounts.authentication.forms.ChangeAddressForm",
    "change_password": "accounts.authentication.forms.ChangePasswordForm",
    "set_password": "accounts.authentication.forms.SetPasswordForm",
    "reset_password": "accounts.authentication.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.authentication.forms.NewPasswordForm",
    "reauthenticate": "accounts.authentication.forms.ReauthenticateForm",
}
MFA_FORMS = {
    "activate_totp": "accounts.authentication.forms.ActivateAppForm",
    "authenticate": "accounts.authentication.forms.FactorForm",
    "reauthenticate": "accounts.authentication.forms.FactorAgainForm",
    "login_webauthn": "accounts.authentication.forms.PasskeyLoginForm",
    "add_webauthn": "accounts.authentication.forms.AddPasskeyForm",
    "edit_webauthn": "accounts.authentication.forms.RenamePasskeyForm",
}
# accounts/authentication/throttle.py counts failed passwords; it lets a right one in from a network where others fail.
ACCOUNT_RATE_LIMITS = {
    "login": "600/h/ip",
    "login_failed": "5/5m/key",  # codes of second factors, by person
    "request_login_code": "60/m/ip,300/h/ip",
    "reset_password": "60/m/ip,300/h/ip",
    "signup": "60/m/ip,200/h/ip",
    "confirm_email": "10/15m/key",
}
MFA_ADAPTER = "accounts.authentication.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1
MFA_TOTP_ISSUER = "Derby, a learning city"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL
# Encrypt the secrets of second factors; the first key is used for new ones, all of them read.
ENCRYPTION_KEYS = env.words("ENCRYPTION_KEYS", "" if LOCAL else env._NONE_GIVEN) or [env.made_of(SECRET_KEY)]

# Limits that hold across processes: allauth's counters and used codes live in the database, too.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cms_cache",  # made by cms's migration; see cms/limits.py
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},
    }
}
# Whose word about a reader's address is taken: the proxy's, the same that may say “this came by https”.
TRUSTED_PROXIES = env.networks("FORWARDED_ALLOW_IPS", "127.0.0.1" if not LOCAL else "")

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = "derbycity.formats"

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", BASE_DIR / "media"))
LOCKS_DIR = Path(tempfile.gettempdir())  # of files that hold nothing, and may go whenever no portal runs
# Requests that may be at a picture, one reading it and the others waiting: half the threads of one worker, so that no
# worker is ever taken up by them. As many threads as deploy/gunicorn.py gives it.
PICTURES_AT_ONCE = min(8, max(1, env.number("WEB_THREADS", 8) // 2))
# What was erased, so that a database brought back from a copy forgets it again: in no backup, beside no pictures.
ERASURES_FILE = Path(env.text("ERASURES_FILE", BASE_DIR / ".erasures" if LOCAL else "/var/lib/derbycity/erasures"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
FILE_UPLOAD_PERMISSIONS = 0o640
# Bytes of all the text of one form, which is held several times over while it is read. Files are not counted: the proxy
# bounds those, and cms/images/ each picture.
DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000  # a programme with many figures is a long form

# Where a page that gives a form back leads on, by the beginning of its address; see cms/requests/preserve_input.py.
WAYS_BACK = (("/admin/", "Back to the admin"), ("/desk/", "Back to your desks"), ("/account/", "Your account"))

# Sent with every page. Named as Django 6 will name it; middleware.py turns it into a header once.
SECURE_CSP = {
    "default-src": ["'none'"],
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    "font-src": ["'self'"],
    "media-src": ["'self'"],
    "connect-src": ["'self'"],  # nothing of ours needs it; tools that check a page read robots.txt through it
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}
# The admin's pages add their own scripts; csp.py adds the hashes of the two inline parts of the rich-text editor.
SECURE_CSP_ADMIN = {
    "script-src": ["'self'"],
    "connect-src": ["'self'"],
}
# Pages of accounts: the scripts that talk to the browser about passkeys.
SECURE_CSP_ACCOUNT = {"script-src": ["'self'"]}
# The page on which pictures are added to a story: the script that shrinks them before they are sent.
SECURE_CSP_TELLING = {"script-src": ["'self'"]}
SECURE_HSTS_SECONDS = 0 if LOCAL else 63_072_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not LOCAL
SECURE_HSTS_PRELOAD = not LOCAL
SECURE_SSL_REDIRECT = not LOCAL
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not LOCAL
SESSION_COOKIE_NAME = "session" if LOCAL else "__Host-session"
CSRF_COOKIE_NAME = "csrf" if LOCAL else "__Host-csrf"
DEVICE_COOKIE_NAME = "device" if LOCAL else "__Host-device"  # accounts/authentication/throttle.py
DRAFT_COOKIE_NAME = "draft" if LOCAL else "__Host-draft"  # stories/submit/drafts.py
DEVICE_COOKIE_AGE = 180 * 24 * 60 * 60  # seconds
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no cookie for these
# Seconds since last used, and since signing in. Behind the admin and the desks the first only locks (accounts/
# middleware.py): whoever shows again who they are goes on where they were, with all that they had typed.
BACK_OFFICE_IDLE, BACK_OFFICE_SESSION = 2 * 60 * 60, 12 * 60 * 60
SESSION_IDLE, SESSION_COOKIE_AGE = 14 * 24 * 60 * 60, 30 * 24 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "derbycity.responses.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"

# Mails are rows first (cms/outbox/mail.py); the worker hands them over. Locally they become files to read.
_PROVIDER = env.text("EMAIL_PROVIDER", "")
EMAIL_BACKEND = f"django.core.mail.backends.{'filebased' if LOCAL else 'smtp'}.EmailBackend"
EMAIL_FILE_PATH = BASE_DIR / ".mail"
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.text("EMAIL_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_PASSWORD", "")
_SECURITY = env.choice("EMAIL_SECURITY", ("starttls", "tls", "none"), "starttls")
EMAIL_USE_TLS, EMAIL_USE_SSL = _SECURITY == "starttls", _SECURITY == "tls"
EMAIL_TIMEOUT = 10  # seconds
if _PROVIDER:  # any that anymail knows, with the settings it asks for
    if find_spec("anymail") is None:
        raise ImproperlyConfigured("EMAIL_PROVIDER needs the extra: install requirements/production-anymail.txt.")
    if find_spec(f"anymail.backends.{_PROVIDER}") is None:
        raise ImproperlyConfigured(f"EMAIL_PROVIDER is {_PROVIDER!r}, which anymail does not know.")
    INSTALLED_APPS += ["anymail"]
    EMAIL_BACKEND = f"anymail.backends.{_PROVIDER}.EmailBackend"
    ANYMAIL = env.beginning("ANYMAIL_") | {"REQUESTS_TIMEOUT": EMAIL_TIMEOUT}
EMAIL_FROM = env.text("EMAIL_FROM", f"no-reply@{urlsplit(SITE_URL).hostname}")
if "@" not in EMAIL_FROM:
    raise ImproperlyConfigured(f"EMAIL_FROM is {EMAIL_FROM!r}; it must be an address, such as portal@council.example.")
DEFAULT_FROM_EMAIL = formataddr(("Derby, a learning city", EMAIL_FROM))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django.server": {"level": "WARNING"}, "procrastinate": {"level": "WARNING"}},
}

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
# What was due while no worker ran is done once when one comes back, unless that was more than a day ago.
PROCRASTINATE_PERIODIC_DEFAULTS = {"max_delay": 24 * 60 * 60}  # seconds

SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True
