from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "indicators"
    verbose_name = "指标"

    def ready(self):
        # Models can be imported only now.
        from indicators.queries import day_statuses
        from plan.queries import status_readers

        if day_statuses not in status_readers:
            status_readers.append(day_statuses)
