"""Kinds of jobs that exist only for the tests."""

import time

from django.db import connection, transaction

from jobs import services
from jobs.services import job_kind

EFFECT_TABLE = "job_test_effect"


@job_kind("test.effect")
def effect(job):
    """Writes one row, once however often it runs; slow enough to be killed between the row and the end."""
    number = [job.arguments["n"]]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {EFFECT_TABLE} WHERE n = %s", number)
        if cursor.fetchone() is None:
            cursor.execute(f"INSERT INTO {EFFECT_TABLE} (n) VALUES (%s)", number)
    time.sleep(0.15)
    job.report(50)
    time.sleep(0.15)


@job_kind("test.echo")
def echo(job):
    return job.arguments


@job_kind("test.failing")
def failing(job):
    raise ValueError("第三行不是数字")


@job_kind("test.cancelled on the way")
def cancelled_on_the_way(job):
    services.cancel(job.job_id, by=None)
    job.report(30)
    raise AssertionError("report lets a cancelled job go on")


@job_kind("test.long step")
def long_step(job):
    time.sleep(job.arguments["seconds"])


@job_kind("test.result that is no JSON")
def odd_result(job):
    return {"answer": object()}


@job_kind("test.endless")
def endless(job):
    while True:
        time.sleep(0.1)


@job_kind("test.endless and deaf")
def endless_and_deaf(job):
    while True:
        try:
            time.sleep(0.1)
        except Exception:  # what a careless handler does: the limit's own exception is swallowed
            continue


@job_kind("test.hungry")
def hungry(job):
    held = []
    while True:
        held.append(bytearray(2**20))
