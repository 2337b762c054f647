import os

from django.core.wsgi import get_wsgi_application

from shenzhen_plan.checks import say_at_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shenzhen_plan.settings")
application = get_wsgi_application()

from plan.sight import watch  # noqa: E402  its rows are known once the apps are there

say_at_start()
watch("web")
