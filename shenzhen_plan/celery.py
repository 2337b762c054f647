"""The Celery application: configured from Django's settings, tasks found in each app's tasks.py."""

import os

from celery import Celery

from jobs import queue_folder

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shenzhen_plan.settings")
queue_folder.install()
app = Celery("shenzhen_plan")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
