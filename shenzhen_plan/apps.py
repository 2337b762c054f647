from django.apps import AppConfig


class SiteConfig(AppConfig):
    """The site as a whole, so that its checks are known before `manage.py check` asks for them."""

    name = "shenzhen_plan"

    def ready(self):
        from shenzhen_plan import access, checks, pooler  # they register themselves, once the apps are there

        assert access, (checks, pooler)
