"""The way in when no second administrator is there: on the console, with a reason, and told to everybody."""

import logging

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts import services
from accounts.models import User
from accounts.passwords import one_time_password
from accounts.telling import tell
from audit.services import record_audit

log = logging.getLogger(__name__)
KINDS = User.Administers.values


class Command(BaseCommand):
    help = (
        "Does to an administrator's account what otherwise takes two administrators. Everybody who administers is "
        "told by inbox and mail, the audit log keeps the reason, and the server's log a line of level CRITICAL."
    )

    def add_arguments(self, parser):
        parser.add_argument("username")
        parser.add_argument("--reason", required=True, help="why; it goes into the audit log and the mails")
        parser.add_argument("--password", action="store_true", help="give a one-time password, printed once")
        parser.add_argument("--second-factor", action="store_true", help="take off the one-time-code device")
        parser.add_argument("--identity", action="store_true", help="undo the binding to the identity provider")
        parser.add_argument("--enable", action="store_true", help="enable the account")
        parser.add_argument("--disable", action="store_true", help="disable the account, unless it is the last")
        parser.add_argument("--administers", choices=KINDS, help="make it this administrator and nothing else")

    def handle(self, *args, username, reason, **options):
        chosen = ("password", "second_factor", "identity", "enable", "disable", "administers")
        deeds = [name for name in chosen if options[name]]
        if not deeds or not reason.strip():
            raise CommandError("说明要做什么和理由 / say what to do, and why")
        try:
            with transaction.atomic():
                person, password = self._do(username, options, deeds, reason.strip()[:500])
        except User.DoesNotExist as error:
            raise CommandError(f"没有账号 {username} / no account {username}") from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        log.critical("break glass: %s on %s, reason: %s", ", ".join(deeds), person.username, reason)
        self.stdout.write(f"{person.username}: {', '.join(deeds)}")
        if password:
            self.stdout.write(f"一次性密码 / one-time password: {password}")
        self.stdout.write("已记入审计并告知全部管理员。 / Written to the audit log; every administrator is told.")

    def _do(self, username, options, deeds, reason) -> tuple[User, str]:
        person = services.locked(User.objects.get(username=username).pk)
        password = one_time_password() if options["password"] else ""
        if options["enable"] or options["disable"]:
            services.switch(person, active=options["enable"], by=None)
        if options["administers"]:
            services.put_roles(person, {options["administers"]}, by=None)
        if options["second_factor"]:
            services.take_device(person, by=None)
        if options["identity"] and not services.unbind(person, by=None):
            raise ValidationError(f"{username} 没有绑定统一身份 / {username} is not bound")
        if password:
            services.give_password(person, password, by=None)
        record_audit(
            action="break_glass",
            object_code=person.username[:60],
            object_label=person,
            after={"deeds": deeds, "administers": options["administers"] or "", "reason": reason},
        )
        tell(person, "break_glass", by=None, reason=reason)
        return person, password
