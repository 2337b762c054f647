from django.apps import AppConfig


class TalkConfig(AppConfig):
    name = "talk"
    verbose_name = "讨论"
