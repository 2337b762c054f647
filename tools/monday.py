"""A signed-in Monday: people of every role read and write at once, beside plain Django doing as many reads.

    python -m tools.monday prepare > people.jsonl       # in the product's environment: accounts with open sessions
    python -m tools.monday run http://127.0.0.1:8000 [http://127.0.0.1:8001] < people.jsonl

PEOPLE (200) for SECONDS (120), each with a pause of 2 to 6 s between two requests; on loopback only. Prints p50,
p95 and errors. Plain Django has no people: it is asked for its page once for each read.
"""

import http.client
import json
import os
import random
import sys
import threading
import time
from collections import defaultdict
from statistics import quantiles
from urllib.parse import urlencode, urlsplit

PEOPLE, SECONDS = int(os.environ.get("PEOPLE", "200")), float(os.environ.get("SECONDS", "120"))
PAUSE = (2.0, 6.0)
PLAN = os.environ.get("PLAN", "sz-sti-14")
# Of twenty people so many; whoever looks only is a viewer.
ROLES = {"reporter": 8, "viewer": 6, "analyst": 3, "reviewer": 2, "evaluator": 1}
READS = ("/", "/indicators/", "/indicators/I-01/", "/items/", "/home/", "/changes/", "/search/?q=研发")
OF_ROLE = {
    "reporter": ("/updates/table/",),
    "analyst": ("/data/",),
    "reviewer": ("/review/",),
    "evaluator": ("/assessments/",),
}
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
WRITE_SHARE = 0.15
TOKEN = "a" * 32


def roles(number: int) -> list[str]:
    """A role for each of so many people, mixed as in ROLES."""
    deck = [role for role, share in ROLES.items() for _one in range(share)]
    return [deck[place % len(deck)] for place in range(number)]


def prepare() -> None:
    """Accounts without a password, each with an open session: signing in is another measurement."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shenzhen_plan.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client

    from accounts.models import FormDraft, Organisation, User

    office, _new = Organisation.objects.get_or_create(code="monday", defaults={"name": "周一单位"})
    for number, role in enumerate(roles(PEOPLE)):
        rights = {} if role == "viewer" else {f"is_{role}": True}
        given = {"name": f"周一 {number}", "organisation": office, **rights}
        person, _new = User.objects.get_or_create(username=f"monday-{number}", defaults=given)
        FormDraft.objects.filter(person=person).delete()  # of an earlier Monday
        client = Client()
        client.force_login(person)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        print(json.dumps({"role": role, "cookie": cookie, "person": person.pk, "number": number}))


class Counted:
    """How long what took, and what was answered otherwise than it should."""

    def __init__(self):
        self.lock = threading.Lock()
        self.taken, self.errors = defaultdict(list), defaultdict(int)

    def note(self, kind: str, milliseconds: float, is_right: bool) -> None:
        with self.lock:
            self.taken[kind].append(milliseconds)
            self.errors[kind] += not is_right

    def table(self) -> list[dict]:
        return [self._line(kind, taken) for kind, taken in sorted(self.taken.items())]

    def _line(self, kind: str, taken: list[float]) -> dict:
        share = {f"p{percent} ms": round(_share(taken, percent)) for percent in (50, 95)}
        return {"what": kind, "requests": len(taken), **share, "errors": self.errors[kind]}


def _share(taken: list[float], percent: int) -> float:
    return quantiles(taken, n=100)[percent - 1] if len(taken) > 1 else taken[0]


def ask(address, method: str, path: str, *, cookie: str = "", form: dict | None = None) -> int:
    """The status; 0 where nobody answered. The body is read to its end."""
    line = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
    headers = {"Cookie": f"sessionid={cookie}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN}
    body = None
    if form is not None:
        body, headers["Content-Type"] = urlencode(form), "application/x-www-form-urlencoded"
    try:
        line.request(method, path, body, headers)
        answer = line.getresponse()
        answer.read()
        return answer.status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        line.close()


def work(address, plain, person: dict, counted: Counted, until: float) -> None:
    """One person: reads, and now and then keeps what was typed into a form."""
    chance, saved = random.Random(person["number"]), 0
    time.sleep(chance.uniform(0, PAUSE[1]))
    while time.monotonic() < until:
        if chance.random() < WRITE_SHARE:
            saved += 1
            _timed(counted, "write", lambda n=saved: _write(address, person, n))
        else:
            path = chance.choice(READS + OF_ROLE.get(person["role"], ()))
            target = f"/{PLAN}{path.replace('研发', '%E7%A0%94%E5%8F%91')}"
            _timed(counted, "read", lambda to=target: ask(address, "GET", to, cookie=person["cookie"]) == 200)
            if plain:
                _timed(counted, "read, plain Django", lambda: ask(plain, "GET", "/") == 200)
        time.sleep(chance.uniform(*PAUSE))


def _write(address, person: dict, number: int) -> bool:
    """What stands in a form is kept, as the page does by itself while somebody types."""
    form = {"person": person["person"], "form": f"/{PLAN}/items/P-1/report/", "content": "c" * 20}
    form |= {"revision": number - 1, "values": json.dumps([["done", f"第 {number} 次"]])}
    form |= {"address": f"/{PLAN}/", "title": "周一"}
    return ask(address, "POST", "/accounts/draft/", cookie=person["cookie"], form=form) == 200


def _timed(counted: Counted, kind: str, act) -> None:
    started = time.perf_counter()
    is_right = act()
    counted.note(kind, 1000 * (time.perf_counter() - started), is_right)


def run(site: str, plain: str = "") -> list[dict]:
    addresses = [urlsplit(one) for one in (site, plain) if one]
    if any(one.hostname not in LOOPBACK for one in addresses):
        raise SystemExit("on loopback only: this is made to load a site")
    counted, until = Counted(), time.monotonic() + SECONDS
    people = [json.loads(text) for text in sys.stdin if text.startswith("{")]
    given = (addresses[0], addresses[1] if plain else None)
    threads = [threading.Thread(target=work, args=(*given, person, counted, until)) for person in people[:PEOPLE]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return counted.table()


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        prepare()
    else:
        for line in run(*sys.argv[2:]):
            print(json.dumps(line, ensure_ascii=False))
