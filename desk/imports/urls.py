from django.urls import path

from desk.imports import views, views_review

app_name = "desk_import"
urlpatterns = [
    path("", views.index, name="list"),
    path("upload/", views.upload, name="upload"),
    path("template.xlsx", views.template, {"format": "xlsx"}, name="template"),
    path("template.csv", views.template, {"format": "csv"}, name="template_csv"),
    path("<int:pk>/", views.batch, name="batch"),
    path("<int:pk>/mapping/", views.mapping, name="mapping"),
    path("<int:pk>/rows/", views.rows, name="rows"),
    path("<int:pk>/names/", views.names, name="names"),
    path("<int:pk>/apply/", views.apply, name="apply"),
    path("<int:pk>/undo/", views.undo, name="undo"),
    path("<int:pk>/cancel/", views.cancel, name="cancel"),
    path("<int:pk>/review/", views_review.review, name="review"),
    path("<int:pk>/review/state.json", views_review.state, name="review_state"),
    path("<int:pk>/state.json", views.state, name="state"),
    path("<int:pk>/faults.csv", views.faults, name="faults"),
]
