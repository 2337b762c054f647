from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    name = "assessments"
    verbose_name = "评估"

    def ready(self):
        # Models can be imported only now.
        from assessments.queries import noted_codes
        from assessments.searching import NOTES
        from plan.readers import note_readers
        from plan.searching import finders

        if noted_codes not in note_readers:
            note_readers.append(noted_codes)
        if NOTES not in finders:
            # Before the sources, which end every list.
            finders.insert(0, NOTES)
