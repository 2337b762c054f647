"""Encrypts the secrets of one-time-code devices that stand in the open (accounts.sealing)."""

from django.db import migrations

from accounts.sealing import MARK, seal, unseal


def seal_all(apps, schema_editor):
    Device, SealedKey = apps.get_model("otp_totp", "TOTPDevice"), apps.get_model("accounts", "SealedKey")
    for device in Device.objects.exclude(key=MARK):
        SealedKey.objects.update_or_create(device=device, defaults={"text": seal(device.key)})
        Device.objects.filter(pk=device.pk).update(key=MARK)


def unseal_all(apps, schema_editor):
    Device, SealedKey = apps.get_model("otp_totp", "TOTPDevice"), apps.get_model("accounts", "SealedKey")
    for row in SealedKey.objects.all():
        Device.objects.filter(pk=row.device_id).update(key=unseal(row.text))
    SealedKey.objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_second_person"), ("otp_totp", "0003_add_timestamps")]
    operations = [migrations.RunPython(seal_all, unseal_all)]
