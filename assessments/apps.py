from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = "评估"

    def ready(self):
        # Models can be imported only now.
        from assessments.queries import noted_codes
        from plan.marks import note_readers

        if noted_codes not in note_readers:
            note_readers.append(noted_codes)
