from django.urls import path

from reports import matrix_views, status_views, views, wall_views

urlpatterns = [
    path("", views.overview, name="overview"),
    path("wide.<format:format>", views.wide, name="wide"),
    path("wall/", wall_views.wall, name="wall"),
    path("status/", status_views.status, name="status"),
    path("status.<format:format>", status_views.status, name="status_file"),
    path("status/figure.json", status_views.figure, name="status_figure"),
    path("matrix/", matrix_views.matrix, name="matrix"),
    path("matrix.<format:format>", matrix_views.matrix, name="matrix_file"),
    path("matrix/figure.json", matrix_views.figure, name="matrix_figure"),
    path("matrix/<code:row>/<code:column>/", matrix_views.cell, name="matrix_cell"),
]
