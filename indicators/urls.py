from django.urls import path

from indicators import views, views_embed

app_name = "indicators"
urlpatterns = [
    path("indicators/", views.index, name="index"),
    path("indicators.<format:format>", views.index, name="index_file"),
    path("indicators/<code:code>/", views.detail, name="detail"),
    path("indicators/<code:code>.<format:format>", views.detail, name="detail_file"),
    path("indicators/<code:code>/figure/<code:component>.json", views.figure, name="figure"),
    path("indicators/<code:code>/picture/<code:component>.<picture:kind>", views.picture, name="picture"),
    path("indicators/<code:code>/embed/", views_embed.embed, name="embed"),
    path("indicators/<code:code>/embed/<code:component>.svg", views_embed.embed_picture, name="embed_picture"),
    path("methods/", views.methods, name="methods"),
    path("observations.<format:format>", views.observations, name="observations_file"),
]
