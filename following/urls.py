from django.urls import path
from django.views.decorators.cache import never_cache

from following import feeds, views

app_name = "following"
urlpatterns = [
    path("following/", views.mine, name="mine"),
    path("following/<str:secret>.rss", never_cache(feeds.FollowedRss()), name="rss"),
    path("following/<str:secret>.atom", never_cache(feeds.FollowedAtom()), name="atom"),
    path("<slug:slug>/following/", views.choose, name="choose"),
]
