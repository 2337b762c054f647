from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "jobs"
    verbose_name = "后台任务"

    def ready(self):
        # Every process knows every kind: a worker to run it, the web to refuse a misspelt one at once.
        autodiscover_modules("tasks")
