from django.urls import path

from talk import views

app_name = "talk"
urlpatterns = [
    path("talk/", views.mine, name="mine"),
    path("talk/people/", views.people, name="people"),
    path("talk/about/<slug:kind>/<int:pk>/", views.about_page, name="about"),
    path("talk/<int:pk>/", views.thread, name="thread"),
    path("talk/<int:pk>/step/", views.step, name="step"),
    path("talk/comments/<int:pk>/", views.comment, name="comment"),
    path("talk/comments/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
]
