"""The harness's page workload (w5), with every worker of every contestant awake before the first measurement.

    cd HARNESS && PYTHONPATH=. $BENCH_HOME/venvs/harness/bin/python …/tools/bench_pages.py w5 --rounds 5

Dash answers for its scripts only from a process that has made its page once: with two workers the first visit
of a browser would fail by chance, and the harness with it. Options are those of the harness's own bench.py.
"""

import runpy
from concurrent.futures import ThreadPoolExecutor

import requests
from lib import browser

measured = browser.measure


def measure(server, spec, shot=None):
    with ThreadPoolExecutor(8) as clients:
        for answer in clients.map(requests.get, [server.base + spec["path"]] * 32):
            answer.raise_for_status()
    return measured(server, spec, shot)


browser.measure = measure
runpy.run_path("bench.py", run_name="__main__")
