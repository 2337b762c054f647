from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from audit.archive import BrokenArchive, archive


class Command(BaseCommand):
    help = (
        "把超过在线天数的审计记录移入带签名的归档文件 / moves audit rows older than AUDIT_ONLINE_DAYS into a "
        "signed file; needs the database role that owns the tables"
    )

    def handle(self, **options):
        days = settings.AUDIT_ONLINE_DAYS
        try:
            name = archive(online_days=days)
        except BrokenArchive as problem:
            raise CommandError(f"{problem}；未归档 / nothing was archived") from problem
        except OSError as problem:
            raise CommandError(
                f"存储不可用，未归档 / the storage is away, nothing was archived: {problem}"
            ) from problem
        except DatabaseError as problem:
            raise CommandError(
                "未归档：请用拥有这些表的数据库账号运行 / "
                f"nothing was archived, run it as the owner of the tables: {problem}"
            ) from problem
        self.stdout.write(
            f"已归档 / archived: {name}"
            if name
            else f"没有超过 {days} 天的记录 / no row is older than {days} days"
        )
