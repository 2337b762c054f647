from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from audit.services import console_name, record_audit
from backups import archive
from backups.encryption import encrypt, readable
from backups.faults import BadBackup
from backups.older import kind_of


class Command(BaseCommand):
    help = (
        "Write the whole database and the files people handed in into one signed .tar.gz, as of one moment, "
        "the same for SQLite and PostgreSQL. The file holds accounts: keep it as carefully as the database."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--verify", action="store_true", help="check a file that is there; nothing is written")
        parser.add_argument(
            "--recipient", action="append", default=[], metavar="age1…", help="encrypt; default BACKUP_RECIPIENTS"
        )
        parser.add_argument("--identity", type=Path, help="key file of an encrypted backup, for --verify")

    def handle(self, file, verify, recipient, identity, **options):
        try:
            if verify:
                self._verify(file, identity)
            else:
                self._back_up(file, recipient or settings.BACKUP_RECIPIENTS)
        except BadBackup as error:
            raise CommandError(f"不是可用的备份 / not a usable backup: {file}: {error}") from error
        except OSError as error:
            raise CommandError(f"无法读写 / cannot read or write {file}: {error.strerror}") from error

    def _back_up(self, file: Path, recipients: list[str]) -> None:
        if file.exists():
            raise CommandError(f"文件已存在，不覆盖 / exists already: {file}")
        plain = file.with_name(f"{file.name}.plain") if recipients else file
        try:
            manifest = archive.write(plain)
            if recipients:
                encrypt(plain, file, recipients=recipients)
        finally:
            if recipients:
                plain.unlink(missing_ok=True)
        facts = {"file": file.name, "rows": manifest.rows, "files": len(manifest.files), "key": manifest.key}
        facts |= {"encrypted": bool(recipients)}
        record_audit(action="backup", name=console_name(), object_label=file.name, after=facts)
        self._say(file, manifest)

    def _verify(self, file: Path, identity: Path | None) -> None:
        with readable(file, identity=identity) as raw:
            if kind_of(raw):
                raise BadBackup("旧格式没有清单和签名，无法核对 / an older format, without manifest and signature")
            checked = archive.check(raw)
        self._say(file, checked.manifest)
        if not checked.ours:
            raise CommandError(
                f"内容与清单相符，但由另一套系统签名（密钥 {checked.manifest.key}）/ "
                "as its manifest says, but signed by another installation"
            )
        self.stdout.write("完整，签名相符 / whole, and signed by this installation")

    def _say(self, file: Path, manifest: archive.Manifest) -> None:
        log = manifest.log
        self.stdout.write(
            f"{file}: {file.stat().st_size:,} 字节 / bytes, {manifest.rows:,} 行 / rows, "
            f"{log['rows']:,} 条审计 / audit rows, {len(manifest.files):,} 个文件 / files"
        )
        if log["faults"] or log["unlinked"]:
            self.stderr.write(
                f"审计日志本身有 {log['faults']} 处不符、{log['unlinked']} 条不在链中（后者未写入备份），请运行 "
                "verify_audit / the audit log itself is not whole, and rows outside its chain are not in the file"
            )
