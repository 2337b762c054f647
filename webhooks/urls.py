from django.urls import path

from webhooks import views

app_name = "webhooks"
urlpatterns = [
    path("", views.hooks, name="hooks"),
    path("<int:pk>/", views.hook, name="hook"),
    path("<int:pk>/test/", views.act, {"what": "test"}, name="test"),
    path("<int:pk>/resume/", views.act, {"what": "resume"}, name="resume"),
    path("<int:pk>/end/", views.act, {"what": "end"}, name="end"),
]
