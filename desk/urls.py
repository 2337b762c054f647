from django.urls import path

from desk import views, views_figures, views_grid, views_releases, views_targets

app_name = "desk"
urlpatterns = [
    path("data/", views.home, name="home"),
    path("data/version.json", views.version, name="version"),
    path("data/figures/new/", views_figures.new, name="figure_new"),
    path("data/figures/none/", views_figures.no_figure, name="no_figure"),
    path("data/figures/hint.json", views_figures.hint, name="figure_hint"),
    path("data/figures/<int:pk>/", views_figures.figure, name="figure"),
    path("data/figures/<int:pk>/verdict.json", views_figures.verdict, name="figure_verdict"),
    *(
        path(f"data/figures/<int:pk>/{step}/", views_figures.step, {"step": step}, name=f"figure_{step}")
        for step in ("withdraw", "discard", "ask_out", "take_out", "keep_in")
    ),
    path("data/grid/", views_grid.grid, name="grid"),
    path("releases/", views_releases.index, name="releases"),
    path("releases/<int:number>/", views_releases.release, name="release"),
    path("releases/<int:number>/files/<int:file>/", views_releases.file, name="release_file"),
    path("data/releases/new/", views_releases.new, name="release_new"),
    *(
        path(f"releases/<int:number>/{step}/", views_releases.step, {"step": step}, name=f"release_{step}")
        for step in ("approve", "return", "take_back", "take_out", "keep_in", "merge", "attach", "change")
    ),
    path("data/targets/", views_targets.index, name="targets"),
    path("data/targets/new/", views_targets.new, name="target_new"),
    path("data/targets/<int:pk>/", views_targets.detail, name="target"),
]
