from django.urls import path

from platforms import views

app_name = "platforms"
urlpatterns = [
    path("platforms/", views.index, name="index"),
    path("platforms.<format:format>", views.index, name="index_file"),
    path("platforms/<code:code>/", views.detail, name="detail"),
    path("platforms/<code:code>.<format:format>", views.detail, name="detail_file"),
]
