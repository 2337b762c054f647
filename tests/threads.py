"""Several at once: threads, each with a connection of its own."""

from concurrent.futures import ThreadPoolExecutor

from django.db import close_old_connections, connections


def together(work, number):
    """Runs work(0) … work(number - 1) each in a thread with a connection of its own."""

    def run(index):
        close_old_connections()
        try:
            return work(index)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))
