"""Included only where a provider is configured; the names are those the library asks for."""

from django.urls import path
from mozilla_django_oidc.views import OIDCAuthenticationRequestView

from accounts.oidc import ProviderCallback

urlpatterns = [
    path("authenticate/", OIDCAuthenticationRequestView.as_view(), name="oidc_authentication_init"),
    path("callback/", ProviderCallback.as_view(), name="oidc_authentication_callback"),
]
