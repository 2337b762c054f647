import os

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from plan.commands import plan_named
from plan.params import today
from training.demo import Refused, load_demo, new_password, refuse_real


class Command(BaseCommand):
    help = "Fill a training installation with invented, clearly marked people, figures, reports and notes."

    def add_arguments(self, parser):
        parser.add_argument("--plan", default=settings.DEFAULT_PLAN, help="slug of the plan; it becomes a demo")
        parser.add_argument(
            "--yes-this-is-training",
            action="store_true",
            help="load it although there are other accounts, or in production mode",
        )

    def handle(self, plan, **options):
        found = plan_named(plan)
        try:
            if not found.is_demo:
                refuse_real(is_training=options["yes_this_is_training"])
            loaded = load_demo(found, today=today(), password=new_password(os.environ.get("DEMO_PASSWORD", "")))
        except Refused as error:
            raise CommandError(str(error)) from error
        if not loaded.counts:
            self.stdout.write(f"{found.title}：演示数据已经载入，未作改动 / loaded before, nothing was changed")
            return
        counts = "，".join(f"{name} {number}" for name, number in loaded.counts.items())
        self.stdout.write(f"{found.title}：演示数据已载入 / demo loaded: {counts}")
        for person in loaded.people:
            self.stdout.write(f"  {person.username:16} {person.name}　{'、'.join(person.role_words)}")
        self.stdout.write(f"新账号的口令 / password of the new accounts: {loaded.password}")
