"""Settings. Everything that differs between a laptop and production is read from the environment here."""

from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url

from orchestrator.config import environment as env
from orchestrator.config.logs import configure_logs
from orchestrator.config.private_files import keep_private

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DATA_DIR = env.folder("DATA_DIR", BASE_DIR / "var")

DEBUG = env.flag("DEBUG")
SECRET_KEY = env.secret("SECRET_KEY", debug=DEBUG)
# Encrypts the secrets of connections. Several, newest first, rotate: manage.py rotate_secrets.
SECRETS_KEYS = env.names("SECRETS_KEYS") or (
    [SECRET_KEY] if DEBUG else [env.secret("SECRETS_KEYS", debug=DEBUG)]
)
PUBLIC_URL = env.text("PUBLIC_URL", "http://127.0.0.1:8000")
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS") or ["127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL.startswith("https://") else []

INSTALLED_APPS = [
    "orchestrator.config",  # For its commands: up, demo.
    "orchestrator.provisioning",
    "orchestrator.demo",
    "orchestrator.delivery",
    "orchestrator.experiences",
    "orchestrator.channels",
    "orchestrator.links",
    "orchestrator.connections",
    "orchestrator.access",
    "wagtail.contrib.simple_translation",
    "wagtail.snippets",
    "wagtail.users",
    "wagtail.images",
    "wagtail.documents",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.search",
    "wagtail.admin",
    "wagtail.locales",
    "wagtail",
    "modelcluster",
    "taggit",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "orchestrator.config.content_security.ContentSecurityPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "orchestrator.config.impossible_values.ImpossibleValues",
]
DELIVERY_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "orchestrator.delivery.plain_errors.PlainErrors",
]

ROOT_URLCONF = "orchestrator.config.urls"
WSGI_APPLICATION = "orchestrator.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Widgets find their templates in templates/ too.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

_SQLITE_OPTIONS = {
    # All four are needed: without IMMEDIATE a transaction that reads and then writes fails at once.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728; "
        "PRAGMA journal_size_limit=67108864; PRAGMA cache_size=2000;"
    ),
}
DATABASES = {
    "default": dj_database_url.parse(env.text("DATABASE_URL", f"sqlite:///{DATA_DIR / 'hub.sqlite3'}"))
}
DATABASES["default"]["CONN_MAX_AGE"] = None
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = _SQLITE_OPTIONS
    if env.text("TEST_DATABASE_FILE"):
        DATABASES["default"]["TEST"] = {"NAME": env.text("TEST_DATABASE_FILE")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The hub's cache of origin values (connections.cache) is not Django's cache: a SQLite file, or Redis by URL.
CACHE_URL = env.text("CACHE_URL", f"sqlite:///{DATA_DIR / 'cache.sqlite3'}")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# The threads that hear purges and write findings. Off: each request reads the purge log by itself.
CONNECTIONS_BACKGROUND = env.flag("CONNECTIONS_BACKGROUND", default=True)
# The nightly sweep: when it begins (UTC), and how many hours it has.
SWEEP_AT = env.daytime("SWEEP_AT", "02:00")
SWEEP_HOURS = env.number("SWEEP_HOURS", 4)
OUTBOUND_ALLOWED_HOSTS = frozenset(env.names("OUTBOUND_ALLOWED_HOSTS"))
# A file of certificates, for companies with an authority of their own.
OUTBOUND_CA_BUNDLE = env.text("OUTBOUND_CA_BUNDLE")
DELIVERY_BUDGET_MS = env.number("DELIVERY_BUDGET_MS", 2000)

_BROKER_DIR = DATA_DIR / "queue"
CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", "filesystem://")
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
if CELERY_BROKER_URL == "filesystem://":
    _BROKER_DIR.mkdir(exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_BROKER_DIR),
        "data_folder_out": str(_BROKER_DIR),
        "control_folder": str(_BROKER_DIR / "control"),
        "polling_interval": 0.2,
    }
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "connections.poll_due": {
        "task": "orchestrator.connections.tasks.poll_due",
        "schedule": 1.0,
        "options": {"expires": 5},
    },
    "connections.reread_due": {
        "task": "orchestrator.connections.tasks.reread_due",
        "schedule": 1.0,
        "options": {"expires": 5},
    },
    "experiences.publish_scheduled": {
        "task": "orchestrator.experiences.tasks.publish_scheduled",
        "schedule": 10.0,
        "options": {"expires": 60},
    },
    "connections.check_up": {
        "task": "orchestrator.connections.tasks.check_up",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "connections.tidy": {
        "task": "orchestrator.connections.tasks.tidy",
        "schedule": 300.0,
        "options": {"expires": 600},
    },
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LANGUAGE_CODE = "en"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("de-ch", "Deutsch (Schweiz)")]
TIME_ZONE = "UTC"
USE_I18N = True
FORMAT_MODULE_PATH = ["orchestrator.config.formats"]
USE_TZ = True
LOCALE_PATHS = [BASE_DIR / "orchestrator" / "locale"]

STATIC_URL = "static/"
STATIC_ROOT = env.folder("STATIC_ROOT", DATA_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True  # No build step on a laptop; collectstatic fills STATIC_ROOT in the image.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Whatever the umask: a web server of its own may serve what collectstatic made.
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o644, 0o755
MEDIA_ROOT = DATA_DIR / "media"

_CONSOLE = "django.core.mail.backends.console.EmailBackend"
EMAIL_BACKEND = env.text("EMAIL_BACKEND", _CONSOLE)

WAGTAIL_SITE_NAME = "Onevoice"
WAGTAILADMIN_BASE_URL = PUBLIC_URL
WAGTAIL_I18N_ENABLED = True
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "orchestrator.config.searching"}}
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = True
# The console's mails end up in the log, and whoever reads a reset link there could log in with it.
WAGTAIL_PASSWORD_RESET_ENABLED = EMAIL_BACKEND != _CONSOLE
# Nobody embeds here. Wagtail's finders would call out past the guard and store a title of a foreign page.
WAGTAILEMBEDS_FINDERS = []
LOGIN_URL = "wagtailadmin_login"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "orchestrator.delivery.problems.handle",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Onevoice delivery API",
    "VERSION": "1",
    "DESCRIPTION": "Experiences with every slot resolved from its source, for each channel and request.",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "PREPROCESSING_HOOKS": ["orchestrator.delivery.endpoints.keep_delivery"],
    "APPEND_COMPONENTS": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
    "SECURITY": [{"key": []}],
}

_SECURE = urlsplit(PUBLIC_URL).scheme == "https"
BEHIND_PROXY = env.flag("BEHIND_PROXY")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_SSL_REDIRECT = _SECURE
# A load balancer asks from inside, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 31_536_000 if _SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _SECURE
SECURE_HSTS_PRELOAD = _SECURE
SESSION_COOKIE_SECURE = _SECURE
CSRF_COOKIE_SECURE = _SECURE
SECURE_REFERRER_POLICY = "same-origin"

LOGGING = configure_logs(level=env.text("LOG_LEVEL", "INFO"))

# After STATIC_ROOT was made, which a web server may have to read.
keep_private(DATA_DIR)
