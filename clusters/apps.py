from django.apps import AppConfig

from plan.kinds import Kind, pages


class ClustersConfig(AppConfig):
    name = "clusters"

    def ready(self):
        pages[Kind.CLUSTER] = "clusters:detail"
        from clusters import approved_map  # noqa: F401  registers its check
