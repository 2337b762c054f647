from django.apps import AppConfig

from plan.kinds import Kind, pages


class PlatformsConfig(AppConfig):
    name = "platforms"

    def ready(self):
        pages[Kind.PLATFORM] = "platforms:detail"
