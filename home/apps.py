from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "home"
    verbose_name = "我的工作"

    def ready(self):
        from accounts.telling import account_touched
        from home.handover import tell_of_closed

        account_touched.connect(tell_of_closed, dispatch_uid="home.tell_of_closed")
