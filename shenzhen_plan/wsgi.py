import os

from django.core.wsgi import get_wsgi_application

from shenzhen_plan.checks import say_at_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shenzhen_plan.settings")
application = get_wsgi_application()
say_at_start()
