from django.urls import path

from reports import desk_views, package_views

urlpatterns = [
    path("package.zip", package_views.package, name="package"),
    path("observations.sdmx.csv", package_views.sdmx, name="sdmx"),
    path("observations.sdmx.xml", package_views.sdmx_structure, name="sdmx_structure"),
    path("csv-metadata.json", package_views.csv_metadata, name="csv_metadata"),
    path("datapackage.json", package_views.package_metadata, name="package_metadata"),
    path("dataset.jsonld", package_views.dataset, name="dataset"),
    path("reports/", desk_views.desk, name="report_desk"),
    path("reports/file/", desk_views.report_file, name="report_file"),
    path("reports/make/", desk_views.report_make, name="report_make"),
    path("reports/save/", desk_views.report_save, name="report_save"),
    path("reports/saved/", desk_views.report_saved, name="report_saved"),
    path("reports/saved/<int:pk>/", desk_views.report_edit, name="report_edit"),
    path("reports/saved/<int:pk>/delete/", desk_views.report_delete, name="report_delete"),
    path("reports/saved/<int:pk>/run/", desk_views.report_again, name="report_again"),
    path("reports/runs/<int:pk>/", desk_views.report_run, name="report_run"),
    path("reports/runs/<int:pk>/cancel/", desk_views.report_cancel, name="report_cancel"),
    path("reports/runs/<int:pk>/file/", desk_views.report_run_file, name="report_run_file"),
]
