from django.urls import path

from studio import views, views_further, views_items, views_kinds, views_table, views_text

app_name = "studio"
urlpatterns = [
    path("", views.home, name="home"),
    path("<slug:slug>/", views.draft, name="draft"),
    path("<slug:slug>/frame/", views.frame, name="frame"),
    path("<slug:slug>/step/", views.step, name="step"),
    path("<slug:slug>/undo/", views.undo, name="undo"),
    path("<slug:slug>/folder.zip", views.folder, name="folder"),
    path("<slug:slug>/table/", views_table.table, name="table"),
    path("<slug:slug>/items.xlsx", views_table.table_file, name="table_file"),
    path("<slug:slug>/further/<slug:name>/", views_further.further, name="further"),
    path("<slug:slug>/text/", views_text.text, name="text"),
    path("<slug:slug>/kinds/", views_kinds.kinds, name="kinds"),
    path("<slug:slug>/kinds/<slug:key>/", views_kinds.kind, name="kind"),
    path("<slug:slug>/commitments/", views_items.commitments, name="commitments"),
    path("<slug:slug>/decide/", views_items.decide, name="decide"),
    path("<slug:slug>/items/new/", views_items.new_item, name="item_new"),
    path("<slug:slug>/items/<int:key>/", views_items.item, name="item"),
    path("<slug:slug>/items/<int:key>/split/", views_items.split, name="split"),
    path("<slug:slug>/indicators/", views_items.indicators, name="indicators"),
    path("<slug:slug>/indicators/<int:key>/", views_items.numbers, name="numbers"),
    path("<slug:slug>/base/<code:code>/", views_items.base, name="base"),
    path("<slug:slug>/check/", views_items.check, name="check"),
]
