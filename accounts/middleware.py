"""Programs with a token: who they read for is known before the table of addresses is asked. And drafts of forms,
which end when the form was taken in."""

from django.contrib.messages import ERROR
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from accounts.drafts import take_draft
from accounts.models import ApiToken
from accounts.problems import problem
from accounts.throttles import AnonymousThrottle, TokenThrottle
from accounts.tokens import MARK, find_token, note_use
from audit.services import current_token

SCHEME = "bearer "
FILES = (".csv", ".json", ".jsonld", ".xml", ".zip", ".rss", ".atom", "/reports/file/")


class TokenMiddleware:
    """`Authorization: Bearer …` reads the API, with the scope `export` files, and writes what its scopes name; it
    never opens pages.

    A token stands alone: a session sent with it counts for nothing. What it may read is what everybody who has
    signed in may read, what it may write its holder may as well (shenzhen_plan.access); the audit log names it.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.api_token = None
        given = request.META.get("HTTP_AUTHORIZATION", "")
        if not given.lower().startswith(SCHEME):
            if MARK in given or given.strip().lower() == SCHEME.strip():
                return _refused("Authorization: Bearer <token> / 令牌须写在 Bearer 之后")
            return self._throttled(request, AnonymousThrottle) or self.get_response(request)
        refusal = self._let_in(request, given[len(SCHEME) :].strip()) or self._throttled(request, TokenThrottle)
        response = refusal or self._named(request)
        patch_vary_headers(response, ["Authorization"])
        return response

    def _named(self, request):
        """What the program is answered; whatever it does meanwhile is logged with its token."""
        named = current_token.set(str(request.api_token))
        try:
            return self.get_response(request)
        finally:
            current_token.reset(named)

    def _let_in(self, request, secret: str):
        """Puts the holder in the visitor's place, or answers why not."""
        now = timezone.now()
        token = find_token(secret, today=timezone.localdate(now))
        if token is None:
            return _refused("invalid, expired or revoked token / 令牌无效、已过期或已停用")
        if reason := _out_of_scope(request, token):
            return problem(403, reason)
        request.user = request._cached_user = token.user
        request.api_token = token
        request.COOKIES = {}
        note_use(token, now=now)
        return None

    def _throttled(self, request, throttle):
        if throttle.scope == "anonymous" and not request.path_info.startswith("/api/"):
            return None
        limit = throttle()
        if limit.rate is None or limit.allow_request(request, None):
            return None
        response = problem(429, "too many requests / 请求过于频繁")
        response["Retry-After"] = str(max(1, round(limit.wait() or 1)))
        return response


def _refused(told: str):
    """What is answered to a token that opens nothing: an answer for nobody would look like one for its holder."""
    response = problem(401, told)
    response["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    return response


def _out_of_scope(request, token: ApiToken) -> str:
    """Why a token does not open this address; empty where it does."""
    if token.scope == ApiToken.Scope.CALENDAR:
        return "this token is for a calendar alone / 此令牌只用于日历"
    if token.scope == ApiToken.Scope.FEED:
        return "this token is for a feed alone / 此令牌只用于订阅关注的变化"
    is_api, is_file = request.path_info.startswith("/api/"), request.path_info.endswith(FILES)
    if not (is_api or is_file):
        return "tokens read the API and files, not pages / 令牌只用于接口和文件"
    if request.method not in ("GET", "HEAD", "OPTIONS") and not is_api:
        return "tokens only read / 令牌只能读取"
    if is_file and token.scope != ApiToken.Scope.EXPORT:
        return "this token has no scope `export` / 此令牌不能下载文件"
    return ""


class DraftMiddleware:
    """Ends the draft of a form that was taken in: its view answered by leading on, and told of no fault.

    Stands behind the table of access, so that a form refused before its view was asked keeps its draft.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.is_asked = False
        response = self.get_response(request)
        if request.method == "POST" and response.status_code in (302, 303) and request.is_asked:
            self._take(request)
        return response

    def process_view(self, request, view, args, kwargs):
        whose = self._told(request)[0]
        if whose not in ("", str(request.user.pk)):
            return render(request, "403_other.html", status=403)
        request.is_asked = True
        return None

    def _told(self, request) -> tuple[str, str, str]:
        """Whose draft is sent, of which form, and which content; empty where none is."""
        # The body of an API call is its view's to read, once.
        if request.method != "POST" or request.path_info.startswith("/api/"):
            return "", "", ""
        whose, _colon, rest = request.POST.get("draft", "").partition(":")
        name, _colon, content = rest.rpartition(":")
        return whose, name, content

    def _take(self, request) -> None:
        name, content = self._told(request)[1:]
        told = getattr(request, "_messages", None)
        failed = any(message.level >= ERROR for message in getattr(told, "_queued_messages", ()))
        if name and not failed and request.user.is_authenticated:
            take_draft(request.user, form=name, content=content)
