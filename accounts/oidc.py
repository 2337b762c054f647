"""Sign-in with an OpenID Connect provider; loaded only where OIDC_RP_CLIENT_ID is set (the extra `sso`).

The provider says who somebody is, this site what he may do. An account is found by the issuer and subject it is
bound to; the first time by one claim, which names it, and then it is bound (accounts.identities). Strangers are
refused, or with OIDC_CREATE_USERS=1 may look; administrators come in this way with OIDC_ADMINISTRATORS=1 only.
"""

import jwt
import requests
from django.conf import settings
from django.core.exceptions import SuspiciousOperation, ValidationError
from django.db import transaction
from django.shortcuts import render
from mozilla_django_oidc.auth import OIDCAuthenticationBackend
from mozilla_django_oidc.views import OIDCAuthenticationCallbackView

from accounts.backends import ReadsAccount
from accounts.forms import SignInForm
from accounts.identities import NotAdmitted, admit, person_of
from accounts.models import ProviderIdentity
from accounts.services import person_from_provider
from accounts.signin import sign_in_refused, signed_in
from accounts.views import sign_in_context


class ProviderBackend(ReadsAccount, OIDCAuthenticationBackend):
    def verify_token(self, token, **kwargs):
        """Besides signature and nonce: the token was made for this site, by the expected issuer."""
        claims = super().verify_token(token, **kwargs)
        audience = claims.get("aud", [])
        if settings.OIDC_RP_CLIENT_ID not in ([audience] if isinstance(audience, str) else audience):
            raise SuspiciousOperation("the token was issued for another client")
        if not settings.OIDC_OP_ISSUER or claims.get("iss") != settings.OIDC_OP_ISSUER:
            raise SuspiciousOperation("the token comes from another issuer")
        return claims

    def get_userinfo(self, access_token, id_token, payload):
        claims = super().get_userinfo(access_token, id_token, payload)
        if claims.get("sub") != payload.get("sub"):
            raise SuspiciousOperation("the user's details belong to another person than the token")
        return claims

    def verify_claims(self, claims):
        name, self._subject = claims.get(settings.OIDC_USERNAME_CLAIM), claims.get("sub")
        self.request.provider_name = name if isinstance(name, str) else ""
        return bool(self.request.provider_name and _is_subject(self._subject))

    def filter_users_by_claims(self, claims):
        """One account at most; a disabled one is found too, so that none is made beside it."""
        person = person_of(**self._identity(), name=self.request.provider_name)
        return [person] if person else []

    def update_user(self, user, claims):
        if user.is_active:
            admit(user, **self._identity())
        return user

    @transaction.atomic
    def create_user(self, claims):
        try:
            person = person_from_provider(
                username=self.request.provider_name,
                name=str(claims.get("name") or ""),
                email=str(claims.get("email") or ""),
            )
        except ValidationError as error:
            raise SuspiciousOperation(f"no account can be made of these claims: {error.messages}") from error
        admit(person, **self._identity())
        return person

    def _identity(self) -> dict[str, str]:
        return {"issuer": settings.OIDC_OP_ISSUER, "subject": self._subject}


def _is_subject(value) -> bool:
    """Whether it is one as OpenID Connect has them: a text of a limited length, compared letter by letter."""
    longest = ProviderIdentity._meta.get_field("subject").max_length
    return isinstance(value, str) and value == value.strip() and 0 < len(value) <= longest and value.isprintable()


class ProviderCallback(OIDCAuthenticationCallbackView):
    """Where the provider sends people back to."""

    def get(self, request):
        try:
            return super().get(request)
        except requests.RequestException as error:
            return self._refuse(f"provider: {type(error).__name__}", status=503)
        except NotAdmitted as error:
            return self._refuse(str(error), words=error.words)
        except (SuspiciousOperation, jwt.PyJWTError, KeyError, ValueError) as error:
            return self._refuse(f"{type(error).__name__}: {error}")

    def login_success(self):
        before = self.user.last_login
        response = super().login_success()
        signed_in(self.request, by=self.user, method="oidc", before=before)
        return response

    def login_failure(self):
        return self._refuse(self.request.GET.get("error", "")[:100] or "unknown or disabled account")

    def _refuse(self, reason: str, status: int = 403, words: str = ""):
        name = getattr(self.request, "provider_name", "")
        sign_in_refused(name=name, method="oidc", reason=reason[:300])
        context = {"form": SignInForm(self.request), "refused": True, "name": name, "away": status == 503}
        context["words"] = words
        return render(self.request, "accounts/login.html", context | sign_in_context(), status=status)
