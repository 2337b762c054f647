"""Two people who have signed in, and where figures can be entered: python -m tests.drills.people; answers in JSON.

Apart from `examine`, so that it runs in a past version of the product as well.
"""

import json
import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shenzhen_plan.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.test import Client  # noqa: E402

from accounts.models import Role, User  # noqa: E402
from indicators.models import Component  # noqa: E402
from tests.factories import make_person  # noqa: E402


def prepare():
    cookies = {}
    for name, role in (("ana", Role.ANALYST), ("rev", Role.REVIEWER)):
        client = Client()
        client.force_login(User.objects.filter(username=name).first() or make_person(name, role))
        cookies[name] = {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}
    components = Component.objects.filter(indicator__plan__slug="sz-sti-14")
    return {"cookies": cookies, "components": list(components.values_list("pk", "code"))}


if __name__ == "__main__":
    print(json.dumps(prepare()))
