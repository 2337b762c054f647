from django.urls import path

from reports import views

urlpatterns = [
    path("", views.overview, name="overview"),
    path("wide.<format:format>", views.wide, name="wide"),
]
