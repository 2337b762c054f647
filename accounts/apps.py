from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "用户与单位"

    def ready(self):
        from django.contrib.auth.signals import user_logged_in, user_logged_out
        from django.db.models.signals import post_init, post_save, pre_save
        from django_otp.plugins.otp_totp.models import TOTPDevice

        from accounts import policy, sealing, sessions  # policy registers its system checks

        assert policy
        post_init.connect(sealing.open_device, sender=TOTPDevice, dispatch_uid="accounts.open_device")
        pre_save.connect(sealing.close_device, sender=TOTPDevice, dispatch_uid="accounts.close_device")
        post_save.connect(sealing.keep_sealed, sender=TOTPDevice, dispatch_uid="accounts.keep_sealed")
        user_logged_in.connect(sessions.begin, dispatch_uid="accounts.begin")
        user_logged_out.connect(sessions.forget, dispatch_uid="accounts.forget")
