from django.urls import path

from clusters import views

app_name = "clusters"
urlpatterns = [
    path("clusters/", views.index, name="index"),
    path("clusters.<format:format>", views.index, name="index_file"),
    path("clusters/map/", views.approved_picture, name="map"),
    path("clusters/<code:code>/", views.detail, name="detail"),
    path("clusters/<code:code>.<format:format>", views.detail, name="detail_file"),
]
