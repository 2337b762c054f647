from django.urls import path

from evidence import views

app_name = "evidence"
urlpatterns = [
    path("evidence/", views.index, name="index"),
    path("evidence.<format:format>", views.file, name="file"),
    path("evidence/new/", views.new, name="new"),
    path("evidence/approve/", views.approve, name="approve"),
    path("evidence/<int:pk>/", views.detail, name="detail"),
    path("evidence/<int:pk>/edit/", views.edit, name="edit"),
    path("evidence/<int:pk>/step/", views.step, name="step"),
]
