from django.apps import AppConfig

from plan.kinds import Kind, lists, pages


class ClustersConfig(AppConfig):
    name = "clusters"

    def ready(self):
        pages[Kind.CLUSTER], lists[Kind.CLUSTER] = "clusters:detail", "clusters:index"
        from clusters import approved_map  # noqa: F401  registers its check
