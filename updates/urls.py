from django.urls import path

from updates import views, views_answer, views_assign, views_bulk, views_table, views_timeline

app_name = "updates"
urlpatterns = [
    path("updates/", views.index, name="index"),
    path("updates.<format:format>", views.file, name="file"),
    path("updates/answer/<str:token>/", views_answer.answer_link, name="answer"),
    path("updates/table/", views_table.table, name="table"),
    path("updates/bulk/", views_bulk.bulk, name="bulk"),
    path("updates/bulk/apply/", views_bulk.apply, name="bulk_apply"),
    path("updates/<int:pk>/", views.detail, name="detail"),
    path("updates/<int:pk>/edit/", views.edit, name="edit"),
    path("updates/<int:pk>/step/", views.step, name="step"),
    path("updates/<int:pk>/files/<int:file>/", views.attachment, name="attachment"),
    path("items/<code:code>/report/", views.report, name="report"),
    path("items/<code:code>/timeline.json", views_timeline.item_timeline, name="timeline"),
    path("timeline/<slug:kind>.json", views_timeline.list_timeline, name="list_timeline"),
    path("responsibilities/", views_assign.index, name="responsibilities"),
    path("responsibilities/preview/", views_assign.preview, name="assign_preview"),
    path("responsibilities/apply/", views_assign.apply, name="assign_apply"),
]
