from django.urls import path

from evidence import views, views_import

app_name = "evidence"
urlpatterns = [
    path("evidence/", views.index, name="index"),
    path("evidence.<format:format>", views.file, name="file"),
    path("evidence/new/", views.new, name="new"),
    path("evidence/import/", views_import.upload, name="import"),
    path("evidence/import/template.csv", views_import.template, name="template"),
    path("evidence/import/<int:pk>/", views_import.batch, name="batch"),
    path("evidence/import/<int:pk>/decide/", views_import.decide, name="decide"),
    path("evidence/approve/", views.approve, name="approve"),
    path("evidence/<int:pk>/", views.detail, name="detail"),
    path("evidence/<int:pk>/edit/", views.edit, name="edit"),
    path("evidence/<int:pk>/step/", views.step, name="step"),
]
