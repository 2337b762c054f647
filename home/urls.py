from django.urls import path

from home import guide_views, views

urlpatterns = [
    path("home/", views.my_work, name="my_work"),
    path("guide/", guide_views.guide, name="guide"),
    path("guide/<slug:role>/", guide_views.guide_role, name="guide_role"),
]
