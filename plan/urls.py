from django.urls import path

from plan import views, views_coverage, views_search, views_text

app_name = "plan"
urlpatterns = [
    path("version.json", views.version, name="version"),
    path("text/", views_text.text, name="text"),
    path("coverage/", views_coverage.coverage, name="coverage"),
    path("coverage.<format:format>", views_coverage.coverage, name="coverage_file"),
    path("search/", views_search.search, name="search"),
    path("items/", views.items, name="items"),
    path("items.<format:format>", views.items, name="items_file"),
    path("items/<code:code>/", views.item, name="item"),
    path("items/<code:code>.<format:format>", views.item, name="item_file"),
    path("pillars/", views.pillars, name="pillars"),
    path("pillars.<format:format>", views.pillars, name="pillars_file"),
    path("pillars/<code:code>/", views.pillar, name="pillar"),
    path("pillars/<code:code>.<format:format>", views.pillar, name="pillar_file"),
    path("industries/", views.industries, name="industries"),
    path("industries.<format:format>", views.industries, name="industries_file"),
    path("industries/<code:code>/", views.industry, name="industry"),
    path("industries/<code:code>.<format:format>", views.industry, name="industry_file"),
    path("kinds/<slug:kind>/", views.kind, name="kind"),
    path("kinds/<slug:kind>.<format:format>", views.kind, name="kind_file"),
    path("safeguards/", views.safeguards, name="safeguards"),
    path("safeguards.<format:format>", views.safeguards, name="safeguards_file"),
    path("safeguards/<code:code>/", views.safeguard, name="safeguard"),
    path("safeguards/<code:code>.<format:format>", views.safeguard, name="safeguard_file"),
]
