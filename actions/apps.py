from django.apps import AppConfig

from plan.kinds import Kind, pages


class ActionsConfig(AppConfig):
    name = "actions"

    def ready(self):
        pages[Kind.ACTION] = "actions:detail"
