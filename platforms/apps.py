from django.apps import AppConfig

from plan.kinds import Kind, lists, pages


class PlatformsConfig(AppConfig):
    name = "platforms"

    def ready(self):
        pages[Kind.PLATFORM], lists[Kind.PLATFORM] = "platforms:detail", "platforms:index"
