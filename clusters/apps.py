from django.apps import AppConfig


class ClustersConfig(AppConfig):
    name = "clusters"

    def ready(self):
        from clusters import approved_map  # noqa: F401  registers its check
