from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection

from training.benchdata import BrokenBenchData, forget_verdicts, load_bench


class Command(BaseCommand):
    help = "Load the invented plans of the speed measurements into a database of their own, making it if need be."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, help="holds plan.csv, indicator.csv and nation.csv")
        parser.add_argument("--forget", action="store_true", help="forget every verdict on them as well")

    def handle(self, folder, forget, **options):
        create_database()
        call_command("migrate", verbosity=0)
        try:
            loaded = load_bench(folder)
            if forget:
                forget_verdicts()
        except BrokenBenchData as error:
            raise CommandError(f"什么也没有写入 / nothing was written: {error}") from error
        settle()
        self.stdout.write(
            f"{loaded.plans} 个规划 / plans, {loaded.indicators} 个指标 / indicators, "
            f"{loaded.observations} 条数据 / figures"
        )


def create_database():
    """Makes the PostgreSQL database that the settings name, unless it is there; SQLite makes its own file."""
    if connection.vendor != "postgresql":
        return
    try:
        connection.ensure_connection()
    except OperationalError:
        import psycopg2  # the driver of this branch alone
        from psycopg2 import sql

        params = connection.get_connection_params()
        server = psycopg2.connect(**{**params, "dbname": "postgres", "cursor_factory": None})
        try:
            server.autocommit = True
            with server.cursor() as cursor:
                name = sql.Identifier(params["dbname"])
                cursor.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(name))
        finally:
            server.close()


def settle():
    """Brings the planner's figures up to date, as autovacuum would in a minute."""
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
