from django.urls import path

from actions import views

app_name = "actions"
urlpatterns = [
    path("actions/", views.index, name="index"),
    path("actions.<format:format>", views.index, name="index_file"),
    path("actions/<code:code>/", views.detail, name="detail"),
    path("actions/<code:code>.<format:format>", views.detail, name="detail_file"),
]
