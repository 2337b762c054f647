"""The site's addresses with those of a provider, as they are where OIDC_RP_CLIENT_ID is set."""

from django.urls import include, path

from shenzhen_plan.urls import handler404, urlpatterns

assert handler404
urlpatterns = [path("oidc/", include("accounts.oidc_urls")), *urlpatterns]
