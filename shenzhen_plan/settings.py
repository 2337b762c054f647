"""Settings: one file, read from the environment; `.env.example` explains every name.

Three modes, chosen by DEBUG:
  unset  local installation: no debug pages, a secret key is made once and kept in DATA_DIR
  1      development: Django's debug pages
  0      production: SECRET_KEY and ALLOWED_HOSTS must be given, or the process refuses to start
"""

from base64 import b64encode
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from audit.key_files import kept_key
from shenzhen_plan import sheets
from shenzhen_plan.environment import Environment, file_storage, keep_private, refuse_unsafe

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)
PRODUCTION = bool(env.str("DEBUG", "")) and not DEBUG

DATA_DIR = Path(env.str("DATA_DIR", "") or BASE_DIR / "var").resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)
# Empty when nobody else can read it (named by a system check).
DATA_DIR_OPEN = keep_private(DATA_DIR)
# Every folder below it: the app that owns it, and the job that sweeps it of what nothing speaks of any more
# (empty: the owner leaves nothing behind, or a restart makes it anew). Nobody else writes or removes there.
FOLDERS = {
    "attachments": ("plan", ""),  # with one folder below it for each kind of thing files are attached to
    "attachments/held": ("plan", "plan.sweep_held"),
    "attachments/updates": ("updates", "updates.sweep_files"),
    "attachments/evidence": ("assessments", "assessments.sweep_files"),
    "attachments/releases": ("desk", "desk.sweep_files"),
    "evaluation-reports": ("assessments", "assessments.sweep_files"),
    "reports": ("reports", "reports.tidy"),
    "incoming": ("plan", ""),  # uploads on their way; plan.disk sweeps what one broken off leaves
    "imports": ("desk", "desk.sweep_files"),
    "audit-archive": ("audit", ""),  # rows older than AUDIT_ONLINE_DAYS, with what is signed about them
    "anchors": ("audit", ""),  # never swept: they outlive the log they speak of
    "queue": ("jobs", ""),
    "static": ("shenzhen_plan", ""),
    "sheets": ("shenzhen_plan", ""),  # style sheets put together for the static files
}
# Of these, those that every web and worker process must see: they lie in FILES_STORAGE, a folder that all machines
# share (default: DATA_DIR), or s3://bucket/folder. Rows hold names, never paths; what is on its way stays local.
STORED_FOLDERS = ("attachments", "evaluation-reports", "imports", "reports", "audit-archive")
# Those that a backup holds: what was archived of the log is signed, outlives a restore and is copied beside it.
BACKED_UP_FOLDERS = STORED_FOLDERS[:-1]
FILES_STORAGE = env.str("FILES_STORAGE", "")
_FILES = file_storage(FILES_STORAGE, endpoint=env.str("S3_ENDPOINT", ""))
FILES_FOLDER = Path(FILES_STORAGE) if FILES_STORAGE.startswith("/") else None


def _required(name: str, hint: str) -> str:
    """The value of an environment variable that production may not go without."""
    value = env.str(name, "")
    if not value and PRODUCTION:
        raise ImproperlyConfigured(f"{name} is not set, and DEBUG=0 means production. {hint}")
    return value


SECRET_KEY = (
    _required("SECRET_KEY", 'Make one: python -c "import secrets; print(secrets.token_urlsafe(50))"')
    or kept_key(DATA_DIR / "secret_key")  # a local installation's
)
_required("ALLOWED_HOSTS", "Give the host names of the site, separated by commas.")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
if PRODUCTION:
    refuse_unsafe(secret_key=SECRET_KEY, allowed_hosts=ALLOWED_HOSTS)
# What signs backups and the audit log's anchors; unset, a key is made once and kept in DATA_DIR (audit.signing).
INSTALLATION_KEYS = env.words("INSTALLATION_KEYS")
# Who can open backups: age keys, pip install '.[backup]'. Unset, they are not encrypted.
BACKUP_RECIPIENTS = env.words("BACKUP_RECIPIENTS")
# Where each day's anchor goes besides DATA_DIR: to people by mail, to a syslog (a socket's path, or host:port).
# Rows of the log stay in the table so long, six months at least (等保2.0); then `archive_audit` may take them out.
AUDIT_ONLINE_DAYS = env.int("AUDIT_ONLINE_DAYS", default=400)
if AUDIT_ONLINE_DAYS < 190:
    raise ImproperlyConfigured("AUDIT_ONLINE_DAYS must be 190 or more: the log is kept on line for six months.")
AUDIT_ANCHOR_MAIL = env.words("AUDIT_ANCHOR_MAIL")
AUDIT_ANCHOR_SYSLOG = env.str("AUDIT_ANCHOR_SYSLOG", "")
DEFAULT_PLAN = env.str("DEFAULT_PLAN", "sz-sti-14")
PUBLIC_READ = env.bool("PUBLIC_READ", default=True)
# Who may ask /readyz and /metrics, as addresses or networks; empty: everybody, with PUBLIC_READ=0 nobody.
WATCHER_ADDRESSES = env.networks("WATCHER_ADDRESSES")
# The path below the host where a proxy puts the site, as /plan; it hands on what follows it (deploy/nginx).
SUB_PATH = env.sub_path("SUB_PATH")
FORCE_SCRIPT_NAME = SUB_PATH or None
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = LANGUAGE_COOKIE_PATH = f"{SUB_PATH}/"
CSRF_FAILURE_VIEW = "shenzhen_plan.errors.forged"
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

# The proxies whose word on a visitor's address counts: addresses, networks, `unix` for a socket file.
TRUSTED_PROXIES = env.words("TRUSTED_PROXIES")

# HTTPS=1 on every public deployment; a local http address would lock itself out with it.
HTTPS = env.bool("HTTPS", default=False)
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000) if HTTPS else 0
# Both bind more than this site and are hard to take back (preload: for years), so only when asked for.
SECURE_HSTS_PRELOAD = HTTPS and env.bool("HSTS_PRELOAD", default=False)
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS and (SECURE_HSTS_PRELOAD or env.bool("HSTS_SUBDOMAINS", default=False))
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # they want both of everybody
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REDIRECT_EXEMPT = [rf"^({SUB_PATH[1:]}/)?(healthz|readyz|metrics)$"]
X_FRAME_OPTIONS = "DENY"

# Apps, from the spine outwards (import-linter keeps the direction).
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "csp",
    "corsheaders",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "audit",
    "accounts",
    "jobs",
    "notices",
    "plan",
    "webhooks",
    "updates",
    "evidence",
    "indicators",
    "platforms",
    "actions",
    "clusters",
    "studio",
    "desk",
    "assessments",
    "review",
    "dashboard",
    "following",
    "talk",
    "reports",
    "home",
    "training",
    "styleguide",
    "auditing",
    "operations",
    "backups",
    "shenzhen_plan",
]
MIDDLEWARE = [
    "audit.middleware.AddressMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "shenzhen_plan.middleware.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "shenzhen_plan.conditional.ConditionalMiddleware",
    "shenzhen_plan.middleware.UnavailableDatabaseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "shenzhen_plan.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "shenzhen_plan.middleware.PerCentMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accounts.middleware.TokenMiddleware",
    "shenzhen_plan.limits.LimitMiddleware",
    "shenzhen_plan.methods.MethodMiddleware",
    "shenzhen_plan.access.AccessMiddleware",
    "plan.middleware.ParameterMiddleware",
    "shenzhen_plan.parameters.NameMiddleware",
    "axes.middleware.AxesMiddleware",
    "accounts.middleware.DraftMiddleware",
]
ROOT_URLCONF = "shenzhen_plan.urls"
WSGI_APPLICATION = "shenzhen_plan.wsgi.application"
# Folded and kept; while they are worked on, read anew from the file as it is.
TEMPLATE_LOADERS = ["shenzhen_plan.folding.Loader", "django.template.loaders.app_directories.Loader"]
if DEBUG:
    TEMPLATE_LOADERS[0] = "django.template.loaders.filesystem.Loader"
else:
    TEMPLATE_LOADERS = [("django.template.loaders.cached.Loader", TEMPLATE_LOADERS)]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": TEMPLATE_LOADERS
            if DEBUG
            else [("django.template.loaders.cached.Loader", TEMPLATE_LOADERS)],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "plan.context_processors.site",
            ],
            "builtins": ["plan.templatetags.joined"],
            "libraries": {"menu": "shenzhen_plan.menu"},
        },
    }
]

# Database: SQLite in WAL mode with nothing configured, PostgreSQL by URL.
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'plan.sqlite3'}"),
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
    }
    # Opening one costs as much as a remembered page; not for long, so that a lost or replaced file is noticed.
    DATABASES["default"]["CONN_MAX_AGE"] = 3
    # A file, so that tests which start real processes see the same database.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Without it an address that swallows packets would hold /readyz for minutes.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 3)
# The memory of each process; with CACHE_URL one that all share, behind which that memory still stands.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if env.str("CACHE_URL", ""):
    CACHES = {
        "default": {"BACKEND": "shenzhen_plan.sturdy_cache.SturdyCache"},
        "shared": env.cache_url("CACHE_URL"),
        "stand_in": CACHES["default"],
    }
    if CACHES["shared"]["BACKEND"].endswith("RedisCache"):
        # A page is made quicker than a dead cache is waited for, and asking three times takes three times as long.
        CACHES["shared"]["OPTIONS"] = {"socket_connect_timeout": 1, "socket_timeout": 1, "retry": None} | (
            CACHES["shared"].get("OPTIONS") or {}
        )

# People; every limit of signing in is a setting (README, "People, roles and signing in").
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "accounts.backends.AccountBackend"]
LOGIN_FAILURE_LIMIT = env.int("LOGIN_FAILURE_LIMIT", default=5)
LOGIN_LOCK_MINUTES = env.int("LOGIN_LOCK_MINUTES", default=15)
LOGIN_ADDRESS_LIMIT = env.int("LOGIN_ADDRESS_LIMIT", default=20)
LOGIN_IDLE_MINUTES = env.int("LOGIN_IDLE_MINUTES", default=30)
# However much it is used: hours until one signs in again (0: no limit).
LOGIN_MAX_HOURS = env.int("LOGIN_MAX_HOURS", default=12)
PASSWORD_MIN_LENGTH = env.int("PASSWORD_MIN_LENGTH", default=10)
PASSWORD_CLASSES = env.int("PASSWORD_CLASSES", default=4)
PASSWORD_MAX_AGE_DAYS = env.int("PASSWORD_MAX_AGE_DAYS", default=90)
PASSWORD_REMEMBERED = env.int("PASSWORD_REMEMBERED", default=5)
ONE_TIME_PASSWORD_HOURS = env.int("ONE_TIME_PASSWORD_HOURS", default=72)
# What secrets in the database are encrypted with, the newest first; unset, a key made of SECRET_KEY.
ENCRYPTION_KEYS = env.words("ENCRYPTION_KEYS")
TOTP_ROLES = env.words("TOTP_ROLES")
OTP_TOTP_ISSUER = env.str("TOTP_ISSUER", "规划跟踪")
# A name from one address: a stranger elsewhere locks nobody out. What one address may try is LOGIN_ADDRESS_LIMIT.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "audit.address.counted_address"
AXES_FAILURE_LIMIT = LOGIN_FAILURE_LIMIT
AXES_COOLOFF_TIME = timedelta(minutes=LOGIN_LOCK_MINUTES)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the page says when to try again, and keeps to it
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "accounts.views.locked_out"
AXES_WHITELIST_CALLABLE = "accounts.signin.is_no_password"
AXES_DISABLE_ACCESS_LOG = True  # the audit log holds every sign-in
AXES_VERBOSE = False
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = LOGIN_IDLE_MINUTES * 60
LANGUAGE_COOKIE_AGE, LANGUAGE_COOKIE_SAMESITE, LANGUAGE_COOKIE_SECURE = 365 * 86400, "Lax", HTTPS
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ("username", "name", "email")}},
    {"NAME": "accounts.passwords.LengthValidator",
     "OPTIONS": {"min_length": PASSWORD_MIN_LENGTH}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.CharacterClassesValidator", "OPTIONS": {"classes": PASSWORD_CLASSES}},
    {"NAME": "accounts.passwords.FormerPasswordValidator", "OPTIONS": {"remembered": PASSWORD_REMEMBERED}},
]  # fmt: skip
# Sign-in with an OpenID Connect provider (the extra `sso`), only where a client is registered with one.
OIDC_RP_CLIENT_ID, OIDC_OP_LOGOUT_ENDPOINT = env.str("OIDC_RP_CLIENT_ID", ""), ""
if OIDC_RP_CLIENT_ID:
    AUTHENTICATION_BACKENDS += ["accounts.oidc.ProviderBackend"]
    OIDC_RP_CLIENT_SECRET = env.str("OIDC_RP_CLIENT_SECRET")
    OIDC_OP_AUTHORIZATION_ENDPOINT = env.str("OIDC_OP_AUTHORIZATION_ENDPOINT")
    OIDC_OP_TOKEN_ENDPOINT = env.str("OIDC_OP_TOKEN_ENDPOINT")
    OIDC_OP_USER_ENDPOINT = env.str("OIDC_OP_USER_ENDPOINT")
    OIDC_OP_JWKS_ENDPOINT = env.str("OIDC_OP_JWKS_ENDPOINT")
    OIDC_OP_ISSUER = env.str("OIDC_OP_ISSUER")
    OIDC_OP_LOGOUT_ENDPOINT = env.str("OIDC_OP_LOGOUT_ENDPOINT", "")
    OIDC_RP_SIGN_ALGO = env.str("OIDC_RP_SIGN_ALGO", "RS256")
    OIDC_RP_SCOPES = env.str("OIDC_RP_SCOPES", "openid profile email")
    OIDC_USERNAME_CLAIM = env.str("OIDC_USERNAME_CLAIM", "preferred_username")
    OIDC_CREATE_USER = env.bool("OIDC_CREATE_USERS", default=False)
    OIDC_VERIFY_KID = env.bool("OIDC_VERIFY_KID", default=True)
    OIDC_ADMINISTRATORS = env.bool("OIDC_ADMINISTRATORS", default=False)
    OIDC_USE_PKCE = True
    OIDC_TIMEOUT = 10
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "home"

# Notices and mail. Without EMAIL_URL a mail is printed by the worker instead of sent.
_EMAIL = env.email_url("EMAIL_URL", default="consolemail://")
EMAIL_BACKEND = _EMAIL["EMAIL_BACKEND"]
EMAIL_HOST, EMAIL_PORT = _EMAIL["EMAIL_HOST"] or "", _EMAIL["EMAIL_PORT"] or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _EMAIL["EMAIL_HOST_USER"] or "", _EMAIL["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS, EMAIL_USE_SSL = _EMAIL.get("EMAIL_USE_TLS", False), _EMAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=10)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", "plan@localhost")
# What links in mails begin with; a mail has no request to take it from.
SITE_URL = env.str("SITE_URL", "") or f"http://127.0.0.1:{env.str('PORT', '') or '8000'}"
# Without the path below the host, which every address made here brings along.
SITE_URL = SITE_URL.rstrip("/").removesuffix(SUB_PATH)
DIGEST_HOUR = env.int("DIGEST_HOUR", default=8)
REMIND_EVERY_DAYS = env.int("REMIND_EVERY_DAYS", default=7)
NOTICE_KEEP_DAYS = env.int("NOTICE_KEEP_DAYS", default=180)
# Files that a worker made of reports are deleted after so many days.
REPORT_KEEP_DAYS = env.int("REPORT_KEEP_DAYS", default=30)
# Rows nobody asks for any more go after so many days (operations.retention): jobs that are over, the rows of
# imports that are over (the import itself stays), and files that left of which nobody took a copy again.
JOB_KEEP_DAYS = env.int("JOB_KEEP_DAYS", default=180)
IMPORT_ROWS_KEEP_DAYS = env.int("IMPORT_ROWS_KEEP_DAYS", default=365)
EXPORT_KEEP_DAYS = env.int("EXPORT_KEEP_DAYS", default=1095)
# What somebody typed into a form and never handed in.
DRAFT_KEEP_DAYS = env.int("DRAFT_KEEP_DAYS", default=14)
# How long an Idempotency-Key means the request it came with.
# Messages to other programs (webhooks/): how long they are kept, and whether they may go to hosts of the intranet.
WEBHOOK_KEEP_DAYS = env.int("WEBHOOK_KEEP_DAYS", default=90)
WEBHOOKS_PRIVATE = env.bool("WEBHOOKS_PRIVATE", default=False)
IDEMPOTENCY_KEEP_DAYS = env.int("IDEMPOTENCY_KEEP_DAYS", default=7)
VERIFY_MAX_MB = env.int("VERIFY_MAX_MB", default=50)

# Language and time
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "shenzhen_plan.formats"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = USE_I18N = True

# Static files. plotly.js comes out of the Python wheel and, where npm is there, as partial bundles (package.json);
# never from another host.
# Without a manifest (tests, a checkout before `make run`) they are served from where they lie.
STATIC_URL = f"{SUB_PATH}/static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
NODE_MODULES = BASE_DIR / "node_modules"
STATICFILES_FINDERS = [
    "shenzhen_plan.finders.SheetFinder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "shenzhen_plan.finders.PlotlyFinder",
]
_COLLECTED = (STATIC_ROOT / "staticfiles.json").exists() and not DEBUG
COLLECTING = env.bool("COLLECTING_STATIC", default=False)
STORAGES = {
    "default": _FILES,
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _COLLECTED or COLLECTING
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not _COLLECTED
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_MANIFEST_STRICT = False

# Written into the pages a reader opens first: they are painted without waiting for a second answer.
INLINE_STYLES = {
    name: sheets.minified(BASE_DIR / "static", name)
    for name in ("css/first.css", "css/site.css", "css/trend.css", "css/assessments.css")
}


def _policy_hash(text: str) -> str:
    """What the policy calls an inline style by: exactly this text, and no other."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


# Nothing from another host, no inline script; of inline styles those above alone.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF, *map(_policy_hash, INLINE_STYLES.values())],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "manifest-src": [SELF],
        # A publication beside the figures it gives: a file of ours, or one just chosen to be handed in.
        "frame-src": [SELF, "blob:"],
        # The button that ends a session leads on to the provider's page, which browsers count as its action.
        "form-action": [SELF, *filter(None, [_origin(OIDC_OP_LOGOUT_ENDPOINT)])],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# Origins whose pages may show an indicator's card or chart within theirs (indicators/views_embed.py); else none.
EMBED_HOSTS = env.words("EMBED_HOSTS", "")

# Whose pages may read the open data in a reader's browser: `*`, origins, or `off`. Only by GET, never as anybody:
# no cookie and no token of the reader goes with it.
_ORIGINS = env.words("CORS_ORIGINS", "*" if PUBLIC_READ else "off")
CORS_ALLOW_ALL_ORIGINS = _ORIGINS == ["*"]
CORS_ALLOWED_ORIGINS = [] if _ORIGINS in (["*"], ["off"]) else _ORIGINS
CORS_ALLOW_CREDENTIALS = False
CORS_ALLOW_METHODS = ["GET", "HEAD", "OPTIONS"]
CORS_ALLOW_HEADERS = ["accept", "accept-language", "if-none-match", "if-modified-since"]
CORS_URLS_REGEX = r"^/api/(?!docs/|.*/mine/$)|^/[-a-z0-9]+/.*\.(csv|json|rss|atom|zip|xlsx|svg|ttl|jsonld|xml)$"
CORS_EXPOSE_HEADERS = [
    "Content-Disposition", "ETag", "Last-Modified", "Link", "Retry-After", "X-As-Of", "X-Known-By", "X-Filters",
    "X-Row-Count", "X-Rule-Version", "X-SHA256", "X-Demo",
]  # fmt: skip

# API
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["shenzhen_plan.parsers.StrictJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "shenzhen_plan.negotiation.Negotiation",
    "EXCEPTION_HANDLER": "accounts.problems.answer_exception",
    # No basic authentication: it would go past the second factor and the audit of sign-ins.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.token_auth.TokenAuthentication",
        "accounts.token_auth.PersonAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.permissions.ReadAccess"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    # The address is the one audit.middleware found; a header of the visitor's names no other.
    "NUM_PROXIES": 0,
    "DEFAULT_THROTTLE_RATES": {
        "assess": env.rate("ASSESS_RATE", "600/min"),
        "verify": env.rate("VERIFY_RATE", "60/min"),
        # For each token, and for each address without one.
        "token": env.rate("TOKEN_RATE", "600/min"),
        "anonymous": env.rate("ANONYMOUS_RATE", "off"),
        # Of pages, for each person, and for each address without one (shenzhen_plan.limits).
        "sign_in": env.rate("SIGN_IN_RATE", "120/min"),
        "export": env.rate("EXPORT_RATE", "600/min"),
        "search": env.rate("SEARCH_RATE", "600/min"),
        "verify_page": env.rate("VERIFY_RATE", "60/min"),
        "write": env.rate("WRITE_RATE", "600/min"),
    },
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    # Programs that make clients take the name of theirs from it: letters any package index takes.
    "TITLE": "Plan tracking API",
    "DESCRIPTION": "规划跟踪接口：承诺、数据、判定、填报和评估 / Commitments, figures, verdicts, reports and "
    "notes. What may change, and how it is announced: docs/api-examples.md.",
    "VERSION": "1",
    "LICENSE": {"name": "Apache-2.0"},
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "shenzhen_plan.contract.complete",
    ],
    # A null is said by `nullable`, no second list of words.
    "ENUM_NAME_OVERRIDES": {
        "LinearStatusEnum": "indicators.serializers.CODES_OF_LINEAR",
        "CagrStatusEnum": "indicators.serializers.CODES_OF_CAGR",
        "ObservationPrecisionEnum": "indicators.models.Observation.Precision",
        "ReportedStatusEnum": "updates.writing.STATUSES",
        "WrittenStateEnum": "plan.writing.STATES",
    },
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# How progress is judged (docs/methods.md). 105 / 95 / 60 are this system's own cut-offs, printed on screen.
PROGRESS_CUTOFFS = {
    "ahead": Decimal(env.str("CUTOFF_AHEAD", "1.05")),
    "on_schedule": Decimal(env.str("CUTOFF_ON_SCHEDULE", "0.95")),
    "slightly_behind": Decimal(env.str("CUTOFF_SLIGHTLY_BEHIND", "0.60")),
}

# A verdict whose year ended more than so many years ago is right and looks surer than it is: it is marked.
STALE_AFTER_YEARS = env.int("STALE_AFTER_YEARS", default=2)

# How long a reviewer may take a decision back, while nothing rests on it and the day is the same; 0 for never.
UNDO_MINUTES = env.int("UNDO_MINUTES", default=10)

# How long one may mend one's own words in a discussion; taking them back has no end.
TALK_EDIT_MINUTES = env.int("TALK_EDIT_MINUTES", default=15)

# A program of the installation's own that proposes further items in the studio (studio/outside.py), by its dotted
# path, and how many seconds it may take. Unset, the rules alone propose.
STUDIO_PROPOSER = env.str("STUDIO_PROPOSER", "")
STUDIO_PROPOSER_SECONDS = env.int("STUDIO_PROPOSER_SECONDS", default=60)

# A year's figure is due on this day of the year after, and asked for this many days before.
FIGURE_DUE_MONTH_DAY = env.str("FIGURE_DUE_MONTH_DAY", "06-30")
FIGURE_DUE_SOON_DAYS = env.int("FIGURE_DUE_SOON_DAYS", default=60)
# Reports of responsible organisations: one a period, so many days after its end, and the files that back them.
UPDATE_PERIOD_MONTHS = env.int("UPDATE_PERIOD_MONTHS", default=6)
ANSWER_LINK_DAYS = env.int("ANSWER_LINK_DAYS", default=7)
UPDATE_GRACE_DAYS = env.int("UPDATE_GRACE_DAYS", default=30)
ATTACHMENT_MAX_MB = env.int("ATTACHMENT_MAX_MB", default=20)
# All of one form together.
ATTACHMENTS_MAX_MB = env.int("ATTACHMENTS_MAX_MB", default=200)
CLAMD_ADDRESS = env.str("CLAMD_ADDRESS", "")
# An approved map on the clusters' page with its 审图号: both or neither (clusters.approved_map).
MAP_IMAGE = env.str("MAP_IMAGE", "")
MAP_APPROVAL_NUMBER = env.str("MAP_APPROVAL_NUMBER", "")

# In each web process at the same moment: passwords worked on, files made for strangers.
HASHING_POOL = env.int("HASHING_POOL", default=1)
EXPORT_POOL = env.int("EXPORT_POOL", default=2)
# Files of people are refused while less than this is free; the database and the queue need it.
DISK_RESERVE_MB = env.int("DISK_RESERVE_MB", default=200)
# Uploads on their way in lie on the same disk, where the reserve is watched and what broke off is swept.
FILE_UPLOAD_TEMP_DIR = str(DATA_DIR / "incoming")
Path(FILE_UPLOAD_TEMP_DIR).mkdir(exist_ok=True)

# Jobs: the database row is the job, the message only a wake-up (docs/decisions/0002).
QUEUE_DIR = DATA_DIR / "queue"
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", "") or "filesystem://"
if CELERY_BROKER_URL.startswith("filesystem"):
    for folder in ("data", "processed", "control"):
        (QUEUE_DIR / folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(QUEUE_DIR / "data"),
        "data_folder_out": str(QUEUE_DIR / "data"),
        "processed_folder": str(QUEUE_DIR / "processed"),
        "control_folder": str(QUEUE_DIR / "control"),
        "polling_interval": 0.2,
    }
elif CELERY_BROKER_URL.startswith("redis"):
    # Short, because a lost message is sent again by the sweep and every job may run twice safely.
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 60,
        "unacked_restore_interval": 1,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 3,
        "socket_timeout": 10,
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
JOB_LEASE_SECONDS = env.int("JOB_LEASE_SECONDS", default=60)
JOB_SWEEP_SECONDS = env.int("JOB_SWEEP_SECONDS", default=10)
JOB_MAX_ATTEMPTS = env.int("JOB_MAX_ATTEMPTS", default=5)
# One run of one job: how long, and how much memory beyond what its process holds (0: as much as there is).
JOB_TIME_LIMIT_SECONDS = env.int("JOB_TIME_LIMIT_SECONDS", default=3600)
JOB_MEMORY_MB = env.int("JOB_MEMORY_MB", default=1024)
IMPORT_MAX_MB = env.int("IMPORT_MAX_MB", default=50)
CELERY_BEAT_SCHEDULER = "jobs.scheduler:Scheduler"
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "wake what is queued or whose lease ran out": {
        "task": "jobs.sweep",
        "schedule": JOB_SWEEP_SECONDS,
        "options": {"expires": JOB_SWEEP_SECONDS},
    },
    "tell other programs what they were not told": {
        "task": "webhooks.by_the_clock",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "anchor and verify the audit log": {
        "task": "auditing.nightly",
        "schedule": crontab(hour=1, minute=50),
        "options": {"expires": 3600},
    },
    "try a backup": {
        "task": "backups.weekly",
        "schedule": crontab(hour=5, minute=10, day_of_week="sunday"),
        "options": {"expires": 3600},
    },
    "recompute every plan": {
        "task": "indicators.nightly",
        "schedule": crontab(hour=2, minute=10),
        "options": {"expires": 3600},
    },
    "delete rows nobody asks for any more": {
        "task": "operations.nightly",
        "schedule": crontab(hour=4, minute=40),
        "options": {"expires": 3600},
    },
    "delete notices read long ago": {
        "task": "notices.nightly",
        "schedule": crontab(hour=2, minute=40),
        "options": {"expires": 3600},
    },
    "remind of what is due": {
        "task": "reports.remind",
        "schedule": crontab(hour=3, minute=10),
        "options": {"expires": 3600},
    },
    "tell followers what changed": {
        "task": "following.tell",
        "schedule": crontab(minute="*/15"),
        "options": {"expires": 600},
    },
    "make what is scheduled and delete files past their days": {
        "task": "reports.nightly",
        "schedule": crontab(hour=4, minute=10),
        "options": {"expires": 3600},
    },
    "mail the digest": {
        "task": "notices.daily",
        "schedule": crontab(hour=DIGEST_HOUR, minute=0),
        "options": {"expires": 3600},
    },
    "ask evaluators whose grounds have changed": {
        "task": "assessments.ask",
        "schedule": crontab(minute=25),
        "options": {"expires": 3000},
    },
    "remove evidence without a row": {
        "task": "assessments.nightly",
        "schedule": crontab(hour=3, minute=30),
        "options": {"expires": 3600},
    },
    "delete what uploads left half done": {
        "task": "plan.sweep_partial",
        "schedule": crontab(minute=50),
        "options": {"expires": 3000},
    },
    "delete files held for forms nobody came back to": {
        "task": "plan.nightly",
        "schedule": crontab(hour=3, minute=15),
        "options": {"expires": 3600},
    },
    "remove files without a row": {
        "task": "updates.nightly",
        "schedule": crontab(hour=3, minute=20),
        "options": {"expires": 3600},
    },
    "remove files of releases and imports without a row": {
        "task": "desk.nightly",
        "schedule": crontab(hour=3, minute=25),
        "options": {"expires": 3600},
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"without_traceback": {"()": "shenzhen_plan.checks.WithoutTraceback"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_traceback"]}
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {"celery.utils.functional": {"level": "INFO"}, "axes": {"level": "WARNING"}},
}
