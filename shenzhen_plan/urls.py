"""Every address of the site; each app's urls.py holds its own below /<plan>/."""

from django.conf import settings
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

from auditing import views as auditing_views
from dashboard import feeds, plans_views
from home import calendar_views, handover_views
from home import views as home_views
from operations import views as operations_views
from plan import views as plan_views
from reports import package_views, verify_views
from shenzhen_plan import health, robots
from shenzhen_plan.api_urls import urlpatterns as api
from studio import views as studio_views
from styleguide import views as styleguide_views

urlpatterns = [
    path("", home_views.landing, name="home"),
    path("robots.txt", robots.robots, name="robots"),
    path("sitemap.xml", robots.sitemaps, name="sitemap"),
    path("sitemap-<slug:section>.xml", robots.sitemap_section, name="sitemap_section"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("accounts/", include("accounts.urls")),
    path("audit/", auditing_views.events, name="audit"),
    path("audit/chain/", auditing_views.chain, name="audit_chain"),
    path("audit.csv", auditing_views.events_file, name="audit_file"),
    path("verify/", verify_views.verify, name="verify"),
    path("operations/", operations_views.overview, name="operations"),
    path("handover/", handover_views.handover, name="handover"),
    path("handover/mine/", handover_views.handover_mine, name="handover_mine"),
    path("handover/mine/substitute/", handover_views.substitute_mine, name="substitute_mine"),
    path("handover/<int:pk>/", handover_views.handover_of, name="handover_of"),
    path("handover/<int:pk>/substitute/", handover_views.substitute, name="substitute"),
    path("handover/substitutes/<int:pk>/end/", handover_views.substitute_end, name="substitute_end"),
    path("calendar/<str:secret>.ics", calendar_views.calendar, name="calendar"),
    path("webhooks/", include("webhooks.urls")),
    path("inbox/", include("notices.urls")),
    path("", include("following.urls")),
    path("studio/", include("studio.urls")),
    # A preference in a cookie is nothing to forge, and without a token the page is the same for every reader.
    path("i18n/language/", csrf_exempt(set_language), name="set_language"),
    path("i18n/text-size/", csrf_exempt(plan_views.text_size), name="text_size"),
    path("plans/", plans_views.plans, name="plans"),
    path("plans/changes.rss", feeds.PlansRss(), name="plans_rss"),
    path("plans/changes.atom", feeds.PlansAtom(), name="plans_atom"),
    path("plans/package.zip", package_views.packages, name="plans_package"),
    path("plans/reports/<slug:dataset>.<format:format>", package_views.every_plan, name="plans_file"),
    path("styleguide/", styleguide_views.styleguide, name="styleguide"),
    path("api/", include(api)),
    path("<slug:slug>/studio/", studio_views.door, name="studio_door"),
    path("<slug:slug>/data/imports/", include("desk.imports.urls")),
    path("<slug:slug>/", include("dashboard.urls")),
    path("<slug:slug>/", include("home.urls")),
    path("<slug:slug>/", include("reports.urls")),
    path("<slug:slug>/", include("talk.urls")),
    path("<slug:slug>/", include("desk.urls")),
    path("<slug:slug>/", include("review.urls")),
    path("<slug:slug>/", include("indicators.urls")),
    path("<slug:slug>/", include("platforms.urls")),
    path("<slug:slug>/", include("actions.urls")),
    path("<slug:slug>/", include("clusters.urls")),
    path("<slug:slug>/", include("updates.urls")),
    path("<slug:slug>/", include("evidence.urls")),
    path("<slug:slug>/", include("assessments.urls")),
    path("<slug:slug>/", include("plan.urls")),
]
if settings.OIDC_RP_CLIENT_ID:
    urlpatterns.insert(0, path("oidc/", include("accounts.oidc_urls")))

handler400 = "shenzhen_plan.errors.bad_request"
handler404 = "shenzhen_plan.errors.not_found"
