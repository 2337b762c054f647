from django.urls import path

from review import views

app_name = "review"
urlpatterns = [
    path("review/", views.index, name="index"),
    path("review/chosen/", views.chosen, name="chosen"),
    path("data/review/", views.former, name="former"),
    path("review/<str:kind>/undo/", views.taken_back, name="undo"),
    path("review/<str:kind>/<int:pk>/", views.record, name="record"),
    path("review/<str:kind>/<int:pk>/answer/", views.answer, name="answer"),
]
