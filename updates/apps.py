from django.apps import AppConfig


class UpdatesConfig(AppConfig):
    name = "updates"
    verbose_name = "进展填报"

    def ready(self):
        # Models can be imported only now.
        from plan import kinds
        from plan.queries import StatusReader, status_readers
        from updates.queries import day_statuses

        reader = StatusReader(frozenset(kinds.REPORTED), day_statuses)
        if reader not in status_readers:
            status_readers.append(reader)
