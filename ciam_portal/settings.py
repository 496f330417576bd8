"""Every setting of the product, on one page. What an operator may set comes from the environment and is described in
docs/reference/settings.md; all else is fixed here.
"""

import base64
import hashlib
import hmac
import sys
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from common import environment
from common.environment import WrongSetting
from common.mail_server import parse_mail_url
from common.text.languages import ENGLISH, TRANSLATED_LANGUAGES

BASE_DIR = Path(__file__).resolve().parent.parent
DEBUG = False

# --- What an operator sets ------------------------------------------------------------------------------------------

PORT = environment.whole_number("PORT", 8000, low=1, high=65535)
CIAM_BASE_URL = environment.web_address("CIAM_BASE_URL", f"http://localhost:{PORT}")
BASE_HOST = urlsplit(CIAM_BASE_URL).hostname or ""
IS_LOCAL = BASE_HOST in {"localhost", "127.0.0.1", "::1"} or BASE_HOST.endswith(".localhost")
IS_HTTPS = CIAM_BASE_URL.startswith("https://")
if not IS_LOCAL and not IS_HTTPS:
    raise WrongSetting(f"CIAM_BASE_URL is {CIAM_BASE_URL}. Passwords and tokens need https outside this machine.")

CIAM_TENANT_ADDRESSING = environment.choice("CIAM_TENANT_ADDRESSING", "path" if IS_LOCAL else "host", ("path", "host"))
CIAM_DATA_DIR = environment.folder("CIAM_DATA_DIR", str(BASE_DIR / "var"))
CIAM_LOG_LEVEL = environment.choice("CIAM_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
# Where passwords known from breaches are looked up, by tenants that want it.
CIAM_BREACHES_URL = environment.web_address("CIAM_BREACHES_URL", "https://api.pwnedpasswords.com")
CIAM_TRUSTED_PROXIES = environment.whole_number("CIAM_TRUSTED_PROXIES", 0, low=0, high=10)
# Where a proxy tells of a client's certificate (RFC 8705), whether it has looked who vouches for it, and at which port.
CIAM_CLIENT_CERTIFICATE_HEADER = environment.header_name("CIAM_CLIENT_CERTIFICATE_HEADER")
CIAM_CLIENT_CERTIFICATE_VERIFIED = environment.header_name(
    "CIAM_CLIENT_CERTIFICATE_VERIFIED", "never", or_one_of=("never", "always")
)
CIAM_CLIENT_CERTIFICATE_PORT = environment.whole_number("CIAM_CLIENT_CERTIFICATE_PORT", 0, low=0, high=65535)
if CIAM_CLIENT_CERTIFICATE_HEADER and not CIAM_TRUSTED_PROXIES:
    raise WrongSetting(
        "CIAM_CLIENT_CERTIFICATE_HEADER is set, and CIAM_TRUSTED_PROXIES is 0. Set that to the number of proxies in "
        "front: without any, everybody could write the header."
    )
CIAM_ACTIVITY_KEPT_DAYS = environment.whole_number("CIAM_ACTIVITY_KEPT_DAYS", 90, low=7, high=3650)
CIAM_ADMINISTRATION_KEPT_DAYS = environment.whole_number("CIAM_ADMINISTRATION_KEPT_DAYS", 730, low=365, high=3650)
CIAM_REGISTRATIONS_PER_HOUR = environment.whole_number("CIAM_REGISTRATIONS_PER_HOUR", 60, low=1, high=10_000)

SECRET_KEY = environment.text("CIAM_SECRET_KEY", "only-for-this-machine" if IS_LOCAL else "")
if not IS_LOCAL and (len(SECRET_KEY) < 50 or not environment.looks_random(SECRET_KEY)):
    raise WrongSetting(
        "CIAM_SECRET_KEY is missing, short or no random one. Set it to at least 50 random characters and keep it."
    )
CIAM_ENCRYPTION_KEYS = environment.encryption_keys(
    "CIAM_ENCRYPTION_KEYS",
    f"local:{base64.b64encode(hashlib.sha256(SECRET_KEY.encode()).digest()).decode()}" if IS_LOCAL else "",
)
if not CIAM_ENCRYPTION_KEYS:
    raise WrongSetting(
        "CIAM_ENCRYPTION_KEYS is missing. Write id:key, the key being 32 random bytes in base64, and keep it: "
        "what it encrypts can't be read without it."
    )
for _key_id, _key in CIAM_ENCRYPTION_KEYS.items():
    if not IS_LOCAL and not environment.looks_random(_key):
        raise WrongSetting(
            f"The key {_key_id!r} in CIAM_ENCRYPTION_KEYS isn't random. Make one with `openssl rand -base64 32`."
        )

EMAIL_URL = environment.text("EMAIL_URL", "outbox:" if IS_LOCAL else "")
if not EMAIL_URL:
    raise WrongSetting(
        "EMAIL_URL is missing. Write smtp+tls://user:password@host:port, or outbox: to keep mail in the portal."
    )
if mail_folder := parse_mail_url(EMAIL_URL).folder:
    environment.insist_on_folder("EMAIL_URL", mail_folder)
EMAIL_FROM = environment.mail_address("EMAIL_FROM", f"no-reply@{BASE_HOST}")
CIAM_TENANT_MAIL_SERVERS = environment.choice("CIAM_TENANT_MAIL_SERVERS", "public", ("none", "public", "any"))
CIAM_DNS_SERVERS = environment.name_servers("CIAM_DNS_SERVERS")

# --- Database -------------------------------------------------------------------------------------------------------

_owner = environment.database_address("DATABASE_URL")
_application = environment.database_address("CIAM_APP_DATABASE_URL")
if not (_owner or _application):
    raise WrongSetting("DATABASE_URL is missing. Write postgresql://user:password@host/database, or use `make run`.")
if _owner and _application and environment.place(_owner) != environment.place(_application):
    raise WrongSetting(
        "DATABASE_URL and CIAM_APP_DATABASE_URL lead to different places. Write the same hosts, ports and database "
        "into both; only the logins differ."
    )
_database = _application or _owner
_role_prefix = environment.role_prefix("CIAM_DATABASE_ROLE_PREFIX", _database["NAME"])
DATABASE_OWNER = {part: (_owner or _database)[part] for part in ("USER", "PASSWORD")}
# The login without any right of its own: what web and worker use. Unless it is given, it follows from the secret key.
DATABASE_APPLICATION = (
    {"USER": _database["USER"], "PASSWORD": _database["PASSWORD"]}
    if _application
    else {
        "USER": f"{_role_prefix}_app",
        "PASSWORD": hmac.new(SECRET_KEY.encode(), b"database login", hashlib.sha256).hexdigest(),
    }
)
DATABASE_CONTROL_ROLE = f"{_role_prefix}_control"
DATABASE_TENANT_ROLE = f"{_role_prefix}_tenant"
# A server that is gone without a word is noticed within seconds, by who waits for it and by who asks it something.
_noticing = {"keepalives_idle": 10, "keepalives_interval": 3, "keepalives_count": 3, "tcp_user_timeout": 10_000}
DATABASES = {
    "default": _database
    | DATABASE_APPLICATION
    | {
        "ENGINE": "tenants.postgresql",
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 5,
            "application_name": "ciam-portal",
            **_noticing,
            **_database["OPTIONS"],
        },
    }
}
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
# As it would be anyway; django-tenants asks at each change of tenant, and what isn't set takes long to look for.
PUBLIC_SCHEMA_NAME = "public"
TENANT_MODEL = "tenants.Tenant"
TENANT_DOMAIN_MODEL = "tenants.Domain"
CIAM_LISTEN_FOR_CHANGES = True

# Shared apps have their tables in public, tenant apps in each tenant's schema; the others have none anywhere.
# Ours first: its commands stand before those of django-tenants that would pass by the walls.
SHARED_APPS = ["tenants", "django_tenants", "django_tasks_db", "figures.installation", "logs.installation"]
TENANT_APPS = [
    "audit",
    "accounts",
    "mail",
    "sms",
    "captcha",
    "branding",
    "logs",
    "hooks",
    "providers",
    "userflows",
    "applications",
    "oidc",
    "figures",
    "bulk",
    "oauth2_provider",
]
INSTALLED_APPS = [
    "commands",
    "portal_frame",
    "operations",
    *SHARED_APPS,
    *TENANT_APPS,
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_tasks",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
]

# --- Requests -------------------------------------------------------------------------------------------------------

ROOT_URLCONF = TENANT_URLCONF = "ciam_portal.urls.tenant"
HOME_URLCONF = "ciam_portal.urls.home"
UNAVAILABLE_URLCONF = "ciam_portal.urls.unavailable"
WSGI_APPLICATION = "ciam_portal.wsgi.application"
ALLOWED_HOSTS = [BASE_HOST, *([f".{BASE_HOST}"] if CIAM_TENANT_ADDRESSING == "host" else [])]
if IS_LOCAL:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]"]
MIDDLEWARE = [
    "common.web.current_request.RequestIdMiddleware",
    "ciam_portal.middleware.HealthMiddleware",
    "ciam_portal.compression.CompressionMiddleware",
    "ciam_portal.middleware.TransportSecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "ciam_portal.middleware.NoFileMiddleware",
    "ciam_portal.middleware.PagePolicyMiddleware",
    "oidc.middleware.OutOfServiceMiddleware",
    "tenants.middleware.TenantMiddleware",
    "oidc.middleware.ProtocolMiddleware",
    "accounts.sessions.middleware.SeveralSessionsMiddleware",
    "userflows.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "userflows.middleware.TryAgainMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "ciam_portal.middleware.WrongMethodMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "ciam_portal.navigation.portal_frame",
            ],
            "builtins": [
                "django.templatetags.static",
                "django.templatetags.i18n",
                "common.text.breaks",
                "common.text.spoken_blocks",
                "common.text.written_dates",
            ],
            "libraries": {"lucide": "common.web.icons", "figure_names": "portal.tags"},
        },
    }
]
# How many requests a process answers at the same time; more of them wait for their turn.
CIAM_WEB_THREADS = environment.whole_number("CIAM_WEB_THREADS", 8, low=2, high=64)
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
# An upload is in memory whole before Django sees it (serving.bodies): none is written to a temporary file.
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
CSRF_FAILURE_VIEW = "ciam_portal.views.errors.csrf_failure"

# --- Security of the web pages --------------------------------------------------------------------------------------

_host_cookies = IS_HTTPS and CIAM_TENANT_ADDRESSING == "host"
SESSION_ENGINE = "accounts.sessions.store"
SESSION_COOKIE_NAME = "__Host-session" if _host_cookies else "session"
SESSION_COOKIE_AGE = 24 * 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrf" if _host_cookies else "csrf"
CSRF_COOKIE_AGE = None
# In a cookie; in the session, if it has no room: taking back what was done to hundreds at once has to name them.
MESSAGE_STORAGE = "ciam_portal.messages.LateStorage"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if IS_HTTPS and not IS_LOCAL:
    SECURE_HSTS_SECONDS = 63_072_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
if CIAM_TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

# --- People ---------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["accounts.credentials.backends.AccountBackend"]
# The first hashes; the others check what was carried over from elsewhere, until its owner signs in.
PASSWORD_HASHERS = [
    f"accounts.credentials.hashers.{name}"
    for name in (
        "BoundedArgon2PasswordHasher",
        "Pbkdf2Hasher",
        "ScryptHasher",
        "CryptHasher",
        "WordPressHasher",
        "FirebaseHasher",
        "WeakHasher",
    )
]
# What a new password has to be like is each tenant's choice: `accounts.credentials.rules`.
AUTH_PASSWORD_VALIDATORS: list[dict[str, str]] = []
LOGIN_URL = "customer:sign-in"
LOGIN_REDIRECT_URL = "customer:profile"
ACCOUNT_ADAPTER = "userflows.sessions.adapter.FlowAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False
ACCOUNT_LOGOUT_REDIRECT_URL = "customer:signed-out"

# --- Issuer: all six models of the toolkit are ours, from the first migration on --------------------------------------

OAUTH2_PROVIDER_APPLICATION_MODEL = "applications.Application"
OAUTH2_PROVIDER_GRANT_MODEL = "oidc.Grant"
OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL = "oidc.AccessToken"  # noqa: S105 - a model
OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL = "oidc.RefreshToken"  # noqa: S105 - a model
OAUTH2_PROVIDER_ID_TOKEN_MODEL = "oidc.IDToken"  # noqa: S105 - a model
OAUTH2_PROVIDER_DEVICE_GRANT_MODEL = "oidc.DeviceGrant"
OAUTH2_PROVIDER = {
    "OIDC_ENABLED": True,
    "PKCE_REQUIRED": True,
    "REQUEST_APPROVAL_PROMPT": "auto",
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https", "http"],
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": True,
}

# --- Jobs, cache, files, words --------------------------------------------------------------------------------------

TASKS = {"default": {"BACKEND": "tenants.work.jobs.TenantTaskBackend", "QUEUES": []}}
# Nothing is cached but by `common.database.caches`; limits are counted in the database by `common.web.limits`.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
STATIC_URL = "/static/"
STATIC_ROOT = CIAM_DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_STORAGE = (
    "whitenoise.storage.CompressedManifestStaticFilesStorage"
    if (STATIC_ROOT / "staticfiles.json").exists() or "collectstatic" in sys.argv
    else "django.contrib.staticfiles.storage.StaticFilesStorage"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": STATICFILES_STORAGE},
}
WHITENOISE_USE_FINDERS = not (STATIC_ROOT / "staticfiles.json").exists()
del STATICFILES_STORAGE
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = ENGLISH
LANGUAGES = sorted(((each.code, each.own) for each in TRANSLATED_LANGUAGES), key=lambda each: each[1])
LANGUAGE_COOKIE_NAME = "language"
# What customers read, and what only administrators do; the first wins (tools.translations).
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "portal"]
FORM_RENDERER = "common.web.forms.Renderer"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Addresses are unique in their canonical spelling, and accounts.credentials.backends compares by that.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request": {"()": "common.web.current_request.WithRequestId"},
        "senders": {"()": "common.web.current_request.WithoutSendersTraces"},
        "mailed": {"()": "common.web.current_request.WithoutMailedTokens"},
    },
    "formatters": {"line": {"format": "{asctime} {levelname} {name} [{request_id}]: {message}", "style": "{"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            # Django's own loggers have a level of theirs, and don't ask that of the root.
            "level": CIAM_LOG_LEVEL,
            "filters": ["request", "senders", "mailed"],
        }
    },
    "root": {"handlers": ["console"], "level": CIAM_LOG_LEVEL},
}
