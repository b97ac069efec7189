"""Django settings, all from the environment (12-factor). docs/operations.md lists every variable with its default."""

from pathlib import Path

import environ

from twodesks.project.database import database_settings
from twodesks.project.object_store import file_storage, media_origins
from twodesks.server.cluster import embedded_url
from twodesks.server.data import DataDirectory

env = environ.FileAwareEnv()

PACKAGE = Path(__file__).resolve().parent.parent
DATA_DIRECTORY = DataDirectory.default()
DATA = DATA_DIRECTORY.root

DEBUG = env.bool("TWODESKS_DEBUG", default=False)
# The page of every part in every state, /design/, besides debug.
DESIGN_PAGE = env.bool("TWODESKS_DESIGN_PAGE", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or DATA_DIRECTORY.read_secret_key()
BASE_URL = env.str("BASE_URL", default="http://localhost:8000").rstrip("/")
ALLOWED_HOSTS = env.list("TWODESKS_HOSTS", default=["*"])
CSRF_TRUSTED_ORIGINS = [BASE_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_cotton.apps.SimpleAppConfig",  # the other one would put its own template loader in place of ours
    "django_htmx",
    "django_vite",
    "procrastinate.contrib.django",
    "twodesks.people",
    "twodesks.activity",
    "twodesks.media",
    "twodesks.channels",
    "twodesks.recordings",
    "twodesks.conversations",
    "twodesks.imports",
    "twodesks.insights",
    "twodesks.capture",
    "twodesks.courses",
    "twodesks.search",
    "twodesks.routing",
    "twodesks.notifications",
    "twodesks.web",
    "twodesks.project",
]

MIDDLEWARE = [
    "twodesks.web.request_log.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "twodesks.web.security.SecurityHeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "twodesks.web.problems.ProblemMiddleware",
]

ROOT_URLCONF = "twodesks.project.urls"
WSGI_APPLICATION = "twodesks.project.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": False,
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "twodesks.web.loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton", "twodesks.web.templatetags.assets"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "twodesks.web.context.layout",
            ],
        },
    }
]
COTTON_DIR = "cotton"

DATABASE_ADDRESS = env.str("DATABASE_URL", default="") or embedded_url(DATA_DIRECTORY)
# Where pooled connections cannot LISTEN (PgBouncer in transaction mode), the server's own address.
DATABASE_DIRECT_URL = env.str("DATABASE_DIRECT_URL", default="")
DATABASES = {
    "default": database_settings(DATABASE_ADDRESS, keeps_plans=not DATABASE_DIRECT_URL)
    | {
        "CONN_MAX_AGE": env.int("TWODESKS_DATABASE_CONNECTION_AGE", default=600),
        "CONN_HEALTH_CHECKS": True,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Member"
AUTHENTICATION_BACKENDS = ["twodesks.people.sessions.MemberBackend"]
SESSION_ENGINE = "twodesks.people.sessions"
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
CSRF_FAILURE_VIEW = "twodesks.web.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if BASE_URL.startswith("https://") else 0
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = BASE_URL.startswith("https://")
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "static"] if (PACKAGE / "static").is_dir() else []
STATIC_ROOT = DATA / "static"
MEDIA_ROOT = DATA / "media"
DJANGO_VITE = {
    "default": {
        "manifest_path": PACKAGE / "static" / "dist" / "manifest.json",
        "static_url_prefix": "dist",
        "dev_mode": False,
    }
}
STORAGES = {
    "default": file_storage(env),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
# Where replies to notifications go, with a signed word after a plus: reply@example.org. Empty: no replies by mail.
MAIL_REPLY_ADDRESS = env.str("TWODESKS_MAIL_REPLY_ADDRESS", default="")
# The mailbox that they arrive in, read every minute: imaps://user:password@host/INBOX. Empty: a mail server hands them
# to `twodesks mail receive`.
MAIL_IMAP_URL = env.str("TWODESKS_MAIL_IMAP_URL", default="")
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="Twodesks <twodesks@localhost>")

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_ON_APP_READY = None

LOGGING_CONFIG = "twodesks.server.logs.configure"
LOGGING = {
    "level": env.str("TWODESKS_LOG_LEVEL", default="info"),
    "format": env.str("TWODESKS_LOG_FORMAT", default="auto"),
}

# Addresses of reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.
TRUSTED_PROXIES = env.list("TWODESKS_TRUSTED_PROXIES", default=["127.0.0.1", "::1"])
# Threads for pages in each web process. Uploads, downloads and live events need none of them.
PAGE_THREADS = env.int("TWODESKS_PAGE_THREADS", default=4)
# One request; recordings of any length come in pieces of at most 8 MB.
REQUEST_MAX_BYTES = env.int("TWODESKS_REQUEST_MAX_BYTES", default=64 * 1024**2)
# Origins that serve recordings when they are in an object store, for the content security policy.
MEDIA_ORIGINS = media_origins(env)

# Uploads above this size are refused with a clear message (bytes).
UPLOAD_MAX_BYTES = env.int("TWODESKS_UPLOAD_MAX_BYTES", default=4 * 1024**3)
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024**2
# Where uploads grow until they are whole. With several machines, a folder that all of them share.
UPLOADS_ROOT = Path(env.str("TWODESKS_UPLOADS", default=str(DATA / "uploads")))
# The largest single piece of an upload (bytes). Each is held in memory once.
UPLOAD_PIECE_BYTES = 8 * 1024**2
# Uploads leave this much of the disk to the database beside them (bytes).
UPLOAD_DISK_RESERVE_BYTES = env.int("TWODESKS_DISK_RESERVE_BYTES", default=256 * 1024**2)
# An upload that was never completed is removed this long after its last piece (seconds). Recordings are kept instead.
UPLOAD_KEEP_SECONDS = env.int("TWODESKS_UPLOAD_KEEP_SECONDS", default=7 * 24 * 3600)
