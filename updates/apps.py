from django.apps import AppConfig


class UpdatesConfig(AppConfig):
    name = "updates"
    verbose_name = "进展填报"

    def ready(self):
        # Models can be imported only now.
        from plan.queries import StatusReader, status_readers
        from updates.queries import day_statuses, reported_kinds

        reader = StatusReader(reported_kinds, day_statuses)
        if reader not in status_readers:
            status_readers.append(reader)
