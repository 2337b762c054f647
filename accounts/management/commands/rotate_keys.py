"""Seals the secrets in the database anew, after a key was put in front of ENCRYPTION_KEYS."""

from cryptography.fernet import InvalidToken
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts import sealing
from audit.services import record_audit


class Command(BaseCommand):
    help = "Seals every secret with the first of ENCRYPTION_KEYS; the others can be taken out of it afterwards."

    def handle(self, *args, **options):
        try:
            with transaction.atomic():
                number = sealing.rotate()
                record_audit(action="keys.rotated", object_label="ENCRYPTION_KEYS", after={"rows": number})
        except InvalidToken as error:
            raise CommandError(
                "没有更改：有内容是用 ENCRYPTION_KEYS 以外的密钥加密的 / nothing was changed: "
                "something is sealed with a key that ENCRYPTION_KEYS does not hold"
            ) from error
        self.stdout.write(f"{number}")
