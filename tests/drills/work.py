"""People at work over HTTP, and a ledger of every write the product acknowledged to them."""

import hashlib
import itertools
import re
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from datetime import date, timedelta

from tests.drills.product import PLAN

DATA = f"/{PLAN}/data"
HEAD = "component,year,value,value_status,released_on,source_title\n"
FIRST = date(2022, 1, 1)
PAGES = (
    "/", f"/{PLAN}/", f"/{PLAN}/indicators/I-01/", f"/{PLAN}/items/", f"/{PLAN}/?as_of=2023-06-30",
    f"/{PLAN}/reports/", f"/{PLAN}/platforms.csv", "/api/v1/plans/", f"/{PLAN}/indicators.json",
)  # fmt: skip
FILES = (f"/{PLAN}/platforms.csv", f"/{PLAN}/indicators.csv", f"/{PLAN}/items.csv", f"/{PLAN}/indicators/I-01.csv")
SIGN_IN = "/accounts/login/"
CHINESE = re.compile("[一-鿿]")


class Ledger:
    """What was acknowledged, and how everything else was answered."""

    def __init__(self):
        self.entered, self.approved, self.imports, self.reports, self.exports, self.backups = (
            [] for _ in range(6)
        )
        self.answers, self.wordless, self.slowest = Counter(), [], 0.0
        self.applying = threading.Event()

    def facts(self):
        names = ("entered", "approved", "imports", "reports", "exports")
        return {name: getattr(self, name) for name in names}

    def counts(self):
        return {name: len(found) for name, found in self.facts().items()} | {"backups": len(self.backups)}

    def errors(self):
        """Answers of the server's own fault, by status."""
        return {str(status): found for status, found in sorted(self.answers.items()) if status >= 500}


class People:
    """Threads that work until they are stopped. A write counts once its answer has come, never before."""

    numbers = itertools.count(1)

    def __init__(self, product, ledger, *, rows=5000, pause=0.1, port=0):
        self.product, self.ledger, self.rows, self.pause, self.port = product, ledger, rows, pause, port
        self.over = threading.Event()
        self.errors = []

    def ask(self, method, path, person="", **sent):
        """An answer, counted; (0, "", "") where the product does not answer."""
        started = time.monotonic()
        try:
            answer = self.product.ask(method, path, person, port=self.port, **sent)
        except OSError:
            answer = (0, "", "")
            self.over.wait(0.2)
        self.ledger.answers[answer[0]] += 1
        self.ledger.slowest = max(self.ledger.slowest, time.monotonic() - started)
        if answer[0] >= 500 and not ("detail" in answer[2] or CHINESE.search(answer[2])):
            self.ledger.wordless.append((method, path, answer[0], answer[2][:200]))
        self.over.wait(self.pause)
        return answer

    def figure(self):
        """One figure is entered and handed in by one person, approved by another."""
        pk, n = None, next(self.numbers)
        components = self.product.given["components"]
        form = {
            "component": components[n % len(components)][0], "year": 2021, "value": f"{n % 900 + 1}",
            "value_status": "final", "precision": "exact", "released_on": "2022-03-01",
            "source_title": f"演练 {n}", "submit": "1",
        }  # fmt: skip
        status, location, _text = self.ask("POST", f"{DATA}/figures/new/", "ana", form=form)
        if status == 302 and (found := re.search(r"/figures/(\d+)/$", location)):
            pk = int(found[1])
            self.ledger.entered.append(pk)
        if pk is None:
            return
        status, _location, page = self.ask("GET", f"{DATA}/figures/{pk}/", "rev")
        edition = re.search(r'name="edition" value="(\d+)"', page)
        if status != 200 or not edition:
            return
        # Many figures of one place: most ask for a look of their own.
        found = {"act": "approve", "edition": edition[1], "looked": "on", "said": "演练"}
        if self._done(f"/{PLAN}/review/figure/{pk}/", "rev", form=found):
            self.ledger.approved.append(pk)

    def file(self):
        """A file of figures is handed in, compared by a worker, applied, waited for."""
        n = next(self.numbers)
        components = self.product.given["components"]
        lines = (
            f"{components[k % len(components)][1]},{2010 + k % 10},{k % 500 + 1},final,"
            f"{FIRST + timedelta(days=k // 10 % 1000)},演练导入 {n} {k // 10_000}\n"
            for k in range(self.rows)
        )
        files = {"file": (f"drill-{n}.csv", HEAD + "".join(lines))}
        status, location, _text = self.ask("POST", f"{DATA}/imports/upload/", "ana", files=files)
        found = re.search(r"/imports/(\d+)/mapping/$", location)
        if status != 302 or not found:
            return
        pk = int(found[1])
        mapping = {f"column_{place}": name for place, name in enumerate(HEAD.strip().split(","))}
        if self.ask("POST", f"{DATA}/imports/{pk}/mapping/", "ana", form=mapping)[0] != 302:
            return
        self._wait_while(pk, "checking")
        if self._done(f"{DATA}/imports/{pk}/apply/", "ana"):
            self.ledger.imports.append((pk, self.rows))
            self.ledger.applying.set()
            self._wait_while(pk, "applying")

    def _done(self, path, person, **sent):
        """Whether a form was taken: a way to the sign-in page is no acknowledgement."""
        status, location, _text = self.ask("POST", path, person, **sent)
        return status == 302 and SIGN_IN not in location

    def _wait_while(self, pk, state):
        while not self.over.wait(0.3):
            if f'"{state}"' not in self.ask("GET", f"{DATA}/imports/{pk}/state.json", "ana")[2]:
                return

    def report(self):
        """A report is asked for; a worker makes it."""
        form = {"query": "dataset=observations&format=csv"}
        status, location, _text = self.ask("POST", f"/{PLAN}/reports/make/", "ana", form=form)
        if status == 302 and (found := re.search(r"/runs/(\d+)/$", location)):
            self.ledger.reports.append(int(found[1]))
        self.over.wait(3)

    def export(self):
        """A file is taken to its last byte; the register of files knows it by its hash."""
        path = FILES[next(self.numbers) % len(FILES)]
        status, _location, text = self.ask("GET", path, "ana")
        if status == 200:
            self.ledger.exports.append(hashlib.sha256(text.encode()).hexdigest())
        self.over.wait(1)

    def backup(self):
        """The operator's command, in the group that is killed."""
        path = self.product.data.parent / f"backup-{next(self.numbers)}.tar.gz"
        process = self.product.run_beside([sys.executable, "manage.py", "backup", str(path)])
        while process and process.poll() is None and not self.over.wait(0.2):
            pass
        if process and process.poll() == 0:
            self.ledger.backups.append(path)

    def read(self):
        """Pages and files, for strangers and for somebody who has signed in."""
        for page in PAGES:
            for person in ("", "ana"):
                if self.over.is_set():
                    return
                self.ask("GET", page, person)

    @contextmanager
    def at(self, *works):
        """They work while the block runs; what a thread of ours met that it should not have fails the drill."""
        threads = [threading.Thread(target=self._keep_on, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        try:
            yield self.ledger
        finally:
            self.over.set()
            for thread in threads:
                thread.join(90)
        assert not self.errors, self.errors
        assert not any(thread.is_alive() for thread in threads)

    def _keep_on(self, work):
        while not self.over.is_set():
            try:
                work()
            except Exception as error:  # told by `at`, in the thread of the test
                self.errors.append(repr(error))
                return
