from django.urls import path

from reports import change_views, feeds, views

urlpatterns = [
    path("", views.overview, name="overview"),
    path("wide.<format:format>", views.wide, name="wide"),
    path("changes/", change_views.changes, name="changes"),
    path("changes.<format:format>", change_views.changes, name="changes_file"),
    path("changes.rss", feeds.ChangesRss(), name="changes_rss"),
    path("changes.atom", feeds.ChangesAtom(), name="changes_atom"),
    path("items/<code:code>/history/", change_views.history, name="history"),
    path("items/<code:code>/history.<format:format>", change_views.history, name="history_file"),
]
