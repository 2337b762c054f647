from django.apps import AppConfig


class FollowingConfig(AppConfig):
    name = "following"
    verbose_name = "关注"
