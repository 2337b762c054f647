from dataclasses import asdict

from django.core.management.base import BaseCommand, CommandError

from audit import anchors
from audit.services import console_name, record_audit
from audit.verifying import verify


class Command(BaseCommand):
    help = "检查审计日志是否完整，完整则返回 0 / checks that the audit log is whole: exit 0 when the chain holds"

    def add_arguments(self, parser):
        parser.add_argument(
            "--anchor", action="store_true", help="签署并写出今天的锚点 / write today's anchor too"
        )

    def handle(self, *, anchor: bool, **options):
        if anchor:
            self._anchor()
        found = verify()
        for fault in found.faults:
            self.stderr.write(fault)
        self.stdout.write(
            f"{found.rows:,} 条记录，到第 {found.position:,} 环 {found.head[:16]}；"
            f"备份带来的链 {found.chains} 条；锚点 {found.anchors} 个，最近 {found.last_anchor or '—'} / "
            f"{found.rows:,} rows, {found.chains} chains out of backups, {found.anchors} anchors"
        )
        summary = {name: value for name, value in asdict(found).items() if name != "faults"}
        record_audit(
            action="audit.verified",
            name=console_name(),
            object_label="verify_audit",
            after=summary | {"faults": found.faults[:5]},
            outcome="ok" if found.holds else "differs",
        )
        if not found.holds:
            raise CommandError(
                f"审计日志不完整：{found.number} 处 / the audit log is not whole: {found.number} faults"
            )
        self.stdout.write("审计日志完整 / the chain holds")

    def _anchor(self):
        path = anchors.anchor()
        self.stdout.write(
            f"锚点 / anchor: {path}" if path else "今天已有锚点，或尚无记录 / there is one, or no row yet"
        )
