from django.apps import AppConfig

from plan import converters


class PlanConfig(AppConfig):
    name = "plan"
    verbose_name = "规划"

    def ready(self):
        converters.register()
