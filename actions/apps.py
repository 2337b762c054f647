from django.apps import AppConfig

from plan.kinds import Kind, lists, pages


class ActionsConfig(AppConfig):
    name = "actions"

    def ready(self):
        pages[Kind.ACTION], lists[Kind.ACTION] = "actions:detail", "actions:index"
