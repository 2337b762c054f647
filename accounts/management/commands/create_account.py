"""Opens an account from the console: the way the first administrators come into being."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Organisation, User
from accounts.services import GRANTABLE, create_person


class Command(BaseCommand):
    help = "Opens an account with a password for the first sign-in, printed once."

    def add_arguments(self, parser):
        parser.add_argument("username")
        parser.add_argument(
            "--role", action="append", default=[], choices=sorted(GRANTABLE), help="may be repeated"
        )
        parser.add_argument("--name", default="")
        parser.add_argument("--email", default="")
        parser.add_argument("--organisation", default="", metavar="CODE")

    def handle(self, *args, username, role, name, email, organisation, **options):
        self._refuse_existing(username, role)
        unit = Organisation.objects.filter(code=organisation).first()
        if organisation and unit is None:
            raise CommandError(f"没有代码为 {organisation} 的责任单位 / no organisation {organisation}")
        try:
            person, password = create_person(
                username=username, name=name, email=email, organisation=unit, roles=set(role), by=None
            )
        except ValidationError as error:
            by_field = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
            raise CommandError(" ".join(f"{name}: {' '.join(said)}" for name, said in by_field.items())) from error
        self.stdout.write(f"用户名 / user name: {person.username}")
        self.stdout.write(f"角色 / roles: {', '.join(sorted(person.roles))}")
        self.stdout.write(f"一次性密码 / one-time password: {password}")
        self.stdout.write("首次登录须更换密码。 / It has to be changed at the first sign-in.")

    def _refuse_existing(self, username, roles):
        person = User.objects.filter(username=username).first()
        if person is None:
            return
        held = f"，已担任{person.get_administers_display()}" if person.administers else ""
        asked = " ".join(role for role in roles if role in User.Administers.values)
        raise CommandError(
            f"已有账号 {username}{held}；三员须由不同的人担任，请另开账号 / "
            f"{username} exists already{f' and is {person.administers}' if person.administers else ''}"
            f"{f'; {asked} takes another person' if asked else ''}"
        )
