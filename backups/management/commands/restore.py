from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from audit.services import console_name, record_audit
from backups.encryption import readable
from backups.faults import BadBackup
from backups.older import kind_of, restore_older
from backups.restoring import Restored, restore


class Command(BaseCommand):
    help = (
        "Exchange everything in the database for what a backup holds, all of it or nothing. The whole file is "
        "checked before anything is changed; files are added, and so are rows of the audit log."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--yes", action="store_true", help="really discard what is there now")
        parser.add_argument(
            "--from-another-installation", action="store_true", help="take a file that another installation signed"
        )
        parser.add_argument(
            "--unsigned", action="store_true", help="take a file of an older format, without signature"
        )
        parser.add_argument("--identity", type=Path, help="key file of an encrypted backup")

    def handle(self, file, yes, from_another_installation, unsigned, identity, **options):
        if not yes:
            raise CommandError("现有数据将全部被替换；确认请加 --yes / everything is replaced: add --yes")
        try:
            with readable(file, identity=identity) as raw:
                if kind_of(raw):
                    done = self._older(raw, file, unsigned)
                else:
                    done = restore(raw, name=file.name, from_elsewhere=from_another_installation)
        except (BadBackup, OSError) as error:
            self._note(file, error, "refused")
            raise CommandError(f"不是可用的备份 / not a usable backup: {file}: {error}") from error
        except DatabaseError as error:
            self._note(file, error, "failed")
            raise CommandError(
                f"未恢复，原数据保留 / not a usable backup, nothing was changed: {error}"
            ) from error
        self._say(done)

    def _older(self, raw, file: Path, unsigned: bool) -> Restored:
        if not unsigned:
            raise BadBackup(
                "旧格式没有清单和签名，无法证明完整、未被改动；仍要恢复请加 --unsigned / an older format, without "
                "manifest and signature: nobody can say whether it is whole; add --unsigned to restore it anyway"
            )
        return restore_older(raw, name=file.name)

    def _note(self, file: Path, error: Exception, outcome: str) -> None:
        """A restore that came to nothing stands in the log too: somebody tried to exchange everything."""
        after = {"file": file.name, "error": f"{type(error).__name__}: {error}"}
        try:
            record_audit(
                action="restore", name=console_name(), outcome=outcome, object_label=file.name, after=after
            )
        except DatabaseError as fault:
            self.stderr.write(f"未能记入审计 / not written into the audit log: {type(fault).__name__}")

    def _say(self, done: Restored) -> None:
        self.stdout.write(
            f"{done.rows:,} 行、{done.files:,} 个文件已恢复，审计日志增加 {done.log_rows:,} 条 / "
            f"{done.rows:,} rows and {done.files:,} files restored, {done.log_rows:,} rows added to the audit log"
        )
        for name in done.differing:
            self.stderr.write(f"已有同名而内容不同的文件，未覆盖 / another file lies there and was left: {name}")
