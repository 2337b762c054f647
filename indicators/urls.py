from django.urls import path

from indicators import views

app_name = "indicators"
urlpatterns = [
    path("indicators/", views.index, name="index"),
    path("indicators.<format:format>", views.index, name="index_file"),
    path("indicators/<code:code>/", views.detail, name="detail"),
    path("indicators/<code:code>.<format:format>", views.detail, name="detail_file"),
    path("indicators/<code:code>/figure/<code:component>.json", views.figure, name="figure"),
    path("indicators/<code:code>/picture/<code:component>.<picture:kind>", views.picture, name="picture"),
    path("methods/", views.methods, name="methods"),
    path("observations.<format:format>", views.observations, name="observations_file"),
]
