from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "evidence"
    verbose_name = "公开信息"

    def ready(self):
        # Models can be imported only now.
        from evidence.queries import states_on
        from evidence.searching import STATEMENTS
        from plan.public import public_readers
        from plan.searching import finders

        if states_on not in public_readers:
            public_readers.append(states_on)
        if STATEMENTS not in finders:
            finders.append(STATEMENTS)
