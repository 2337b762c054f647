from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "notices"
    verbose_name = "提醒"

    def ready(self):
        from accounts.telling import account_touched
        from notices.accounts import tell_account

        account_touched.connect(tell_account, dispatch_uid="notices.tell_account")
