from django.core.management.base import BaseCommand

from plan.sight import mark_storage


class Command(BaseCommand):
    help = "Say that FILES_STORAGE, as this machine sees it, is the storage of this installation."

    def handle(self, **options):
        mark_storage()
        self.stdout.write("已标记 / marked: /readyz 以此存储为准")
