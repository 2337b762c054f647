from django.urls import path

from dashboard import change_views, feeds, gap_views, matrix_views, status_views, unit_views, views, wall_views

urlpatterns = [
    path("", views.overview, name="overview"),
    path("wide.<format:format>", views.wide, name="wide"),
    path("changes/", change_views.changes, name="changes"),
    path("changes.<format:format>", change_views.changes, name="changes_file"),
    path("changes.rss", feeds.ChangesRss(), name="changes_rss"),
    path("changes.atom", feeds.ChangesAtom(), name="changes_atom"),
    path("items/<code:code>/history/", change_views.history, name="history"),
    path("items/<code:code>/history.<format:format>", change_views.history, name="history_file"),
    path("wall/", wall_views.wall, name="wall"),
    path("gaps/", gap_views.gaps, name="gaps"),
    path("gaps.<format:format>", gap_views.gaps, name="gaps_file"),
    path("units/", unit_views.units, name="units"),
    path("units.<format:format>", unit_views.units, name="units_file"),
    path("units/<slug:unit>/", unit_views.unit, name="unit"),
    path("units/<slug:unit>.<format:format>", unit_views.unit, name="unit_file"),
    path("status/", status_views.status, name="status"),
    path("status.<format:format>", status_views.status, name="status_file"),
    path("matrix/", matrix_views.matrix, name="matrix"),
    path("matrix.<format:format>", matrix_views.matrix, name="matrix_file"),
    path("matrix/figure.json", matrix_views.figure, name="matrix_figure"),
    path("matrix/<code:row>/<code:column>/", matrix_views.cell, name="matrix_cell"),
]
