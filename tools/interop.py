"""Asks programs that nobody here wrote whether they get on with the product; `make interop`, at night.

Starts the product on a port of its own with a folder of its own, installs the other programs into a folder beside
it (INTEROP_HOME, kept from one night to the next) and prints one line for each: name, version, what it found. What
it prints is the table of docs/interop.md. Ends with 1 where one of them did not get on; one that is not to be had
(no npm, no Java, no Chromium, no answer from the package index) is named and left out. ONLY="axe-core" asks those
whose names hold it.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from tools import interop_pages as pages
from tools.interop_home import BIN, HOME, PLAN, PORT, ROOT, SITE, Away, fetch, npm, run, versions

PACKAGES = (
    "openapi-python-client", "schemathesis", "frictionless", "csvw", "pysdmx[xml,data]", "sdmx1", "duckdb",
    "polars", "pandas", "feedparser", "rdflib", "ruff", "openpyxl", "python-calamine", "fastexcel", "pyarrow",
    "prometheus-client",
)  # fmt: skip
# A day after today and a year before 2000 are valid days to a schema, and refused by name.
UNSAID = "positive_data_acceptance,negative_data_rejection"
CLIENT = """
import importlib, inspect, pkgutil, sys
import plan_tracking_api_client.api as api
from plan_tracking_api_client import AuthenticatedClient
client = AuthenticatedClient(base_url=sys.argv[1], token=sys.argv[2], raise_on_unexpected_status=True)
given, asked = {"slug": "sz-sti-14", "code": "I-01", "sha256": "0" * 64}, 0
for room in pkgutil.iter_modules(api.__path__):
    for one in pkgutil.iter_modules([f"{api.__path__[0]}/{room.name}"]):
        call = importlib.import_module(f"{api.__name__}.{room.name}.{one.name}").sync_detailed
        names = inspect.signature(call).parameters
        if "body" not in names:
            answer = call(client=client, **{name: given[name] for name in given if name in names})
            assert answer.parsed is not None, one.name
            # A file is looked up that nobody has.
            assert answer.status_code == (404 if one.name == "verify_hash" else 200), (one.name, answer)
            asked += 1
print(f"{asked} operations answered as described")
"""
# An account that enters, and a token with which programs write for it.
WRITER = """
from django.utils import timezone
from accounts.models import ApiToken, User
from accounts.tokens import create_token
person, _made = User.objects.get_or_create(username="interop", defaults={"is_analyst": True, "is_evaluator": True})
print(create_token(by=person, name="interop", scope="export", days=1, today=timezone.localdate(),
                   writes=ApiToken.Writes.values)[1])
"""
SDMX = """
import warnings; warnings.simplefilter("ignore")
import sdmx
from pysdmx.io import get_datasets
(found,) = get_datasets("observations.sdmx.csv", "observations.sdmx.xml")
dsd = sdmx.read_sdmx("observations.sdmx.xml").structure["OBSERVATIONS"]
data = sdmx.read_sdmx("observations.sdmx.csv", structure=dsd).data[0]
assert len(found.data) == len(data.obs) > 0
print(f"{len(data.obs)} observations in both, structure valid by its XSD")
"""
GUESSING = """
import duckdb, pandas, polars
sections = [set(pandas.read_csv("items.csv").section), set(polars.read_csv("items.csv")["section"]),
            {row[0] for row in duckdb.sql("select section from read_csv('items.csv')").fetchall()}]
assert sections[0] == sections[1] == sections[2] and "§6.10" in sections[0]
wide = duckdb.sql("select * from read_csv('wide.csv')").columns
assert wide[0] == "code" and wide[-1].startswith("y"), wide
print(f"{len(sections[0])} sections alike, headings of wide.csv found")
"""
# Each reader by its own way into a workbook; what a cell holds must be the same number, day or text in all.
WORKBOOKS = """
import datetime, sys
from pathlib import Path
import duckdb, openpyxl, pandas, polars
from python_calamine import CalamineWorkbook
def plain(value):
    if value is None or value == "" or value != value: return None
    if isinstance(value, datetime.datetime) and value.time() == datetime.time(): return value.date().isoformat()
    if isinstance(value, (datetime.date, datetime.datetime)): return value.isoformat()
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    # A reader that gives texts alone says a day with its hour.
    return round(float(value), 9) if is_number else str(value).removesuffix(" 00:00:00")
def rows(found): return [[plain(value) for value in row] for row in found]
told, away = [], ""
for name in sys.argv[2:]:
    book = openpyxl.load_workbook(name, read_only=True)
    sheet = book.worksheets[0]
    held = rows(sheet.iter_rows(values_only=True))
    read = {
        "calamine": rows(CalamineWorkbook.from_path(name).get_sheet_by_index(0).to_python(skip_empty_area=False)),
        "polars": rows(polars.read_excel(name, has_header=False, infer_schema_length=0).rows()),
        "pandas": rows(pandas.read_excel(name, header=None, engine="calamine").astype(object).values.tolist()),
    }
    try:
        duckdb.sql("INSTALL excel; LOAD excel")
        read["duckdb"] = rows(duckdb.sql(f"from read_xlsx('{name}', header=false, all_varchar=true)").fetchall())
    except duckdb.Error:  # it is fetched from the internet
        away = ", DuckDB's own reader not to be had"
    for who, found in read.items():
        # A reader that gives texts alone is held to the same numbers.
        seen = [[plain(float(v)) if isinstance(h, float) and isinstance(v, str) else v for h, v in zip(a, b)]
                for a, b in zip(held, found)]
        assert len(found) == len(held), (name, who, len(held), len(found))
        assert seen == held, (name, who, next(pair for pair in zip(held, seen) if pair[0] != pair[1]))
    told.append(f"{len(held) - 1} of {Path(name).stem}")
print("rows alike: " + ", ".join(told) + away)
"""
METRICS = """
import sys, urllib.request
from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client.parser import text_string_to_metric_families
with urllib.request.urlopen(sys.argv[2]) as answer:
    kind, text = answer.headers["Content-Type"], answer.read().decode()
families = list(text_string_to_metric_families(text))
assert families and all(one.documentation and one.type != "unknown" for one in families), kind
samples = [(one.name, tuple(sorted(one.labels.items()))) for family in families for one in family.samples]
assert len(samples) == len(set(samples))
print(f"{len(families)} families, {len(samples)} samples, each typed, described and once")
"""
FEEDS = """
import sys, feedparser
for kind in ("rss", "atom"):
    found = feedparser.parse(f"{sys.argv[1]}/changes.{kind}")
    assert not found.bozo and len({one.id for one in found.entries}) == len(found.entries) > 0, kind
print(f"{len(found.entries)} entries, well formed, each id once")
"""
LINKED = """
import rdflib
graph = rdflib.Graph().parse("dataset.jsonld", format="json-ld")
kinds = {str(kind) for kind in graph.objects(None, rdflib.RDF.type)}
assert {"http://www.w3.org/ns/dcat#Dataset", "https://schema.org/Dataset"} <= kinds
print(f"{len(graph)} statements")
"""
SCRIPTS = ("openapi-typescript", "openapi-fetch", "typescript@5", "@types/node")
TYPED = """
import createClient from "openapi-fetch";
import type { paths } from "./schema";
const [site, token] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl: site, headers: { Authorization: `Bearer ${token}` } });
let asked = 0;
async function held(name: string, call: Promise<{ data?: unknown; error?: unknown; response: Response }>) {
  const { data, error, response } = await call;
  if (data === undefined) throw new Error(`${name}: ${response.status} ${JSON.stringify(error)}`);
  asked += 1;
}
const row = { component: "I-01", year: 2024, value: "5.9", released_on: "2025-06-01", source_title: "interop" };
async function all() {
  READS
  const path = { slug: "sz-sti-14" };
  const header = { "Idempotency-Key": "interop-1" };
  const first = await client.POST("/api/v1/{slug}/observations/", { params: { path, header }, body: row });
  const again = await client.POST("/api/v1/{slug}/observations/", { params: { path, header }, body: row });
  if (!first.data || JSON.stringify(first.data) !== JSON.stringify(again.data)) throw new Error("written twice");
  const wrong = await client.POST("/api/v1/{slug}/observations/", { params: { path }, body: [{ year: 1 }] });
  if (!wrong.error || !("faults" in wrong.error)) throw new Error("no faults told");
  console.log(`${asked} operations typed, read, and a row written once`);
}
all().catch((error) => { console.error(error); process.exit(1); });
"""
DUCK = """
import re, sys
from pathlib import Path
import duckdb
text = Path(sys.argv[2]).read_text("utf-8")
asked, way = re.search(r"```sql\\n(.*?)```", text, re.S)[1], "by HTTP"
try:
    duckdb.sql("INSTALL httpfs")
    asked = asked.replace("http://127.0.0.1:8000", sys.argv[1])
except duckdb.Error:  # it is fetched from the internet
    asked, way = asked.replace("http://127.0.0.1:8000/sz-sti-14/", ""), "from disk, httpfs not to be had"
rows = duckdb.sql(asked).fetchall()
assert rows, "no figures"
print(f"{len(rows)} rows by the example of docs/api-examples.md, {way}")
"""
FILES = (
    "package.zip",
    "observations.csv",
    "observations.sdmx.csv",
    "observations.sdmx.xml",
    "wide.csv",
    "items.csv",
    "dataset.jsonld",
)
BOOKS = ("progress", "observations", "items", "updates")


def python(code: str, folder: Path) -> str:
    return run(BIN / "python", "-c", code, PLAN, folder=folder)


def generated_client(folder: Path) -> str:
    (folder / "schema.json").write_bytes(fetch(f"{SITE}/api/schema/?format=json"))
    made = folder / "client"
    run(BIN / "openapi-python-client", "generate", "--path", "schema.json", "--output-path", made, folder=folder)
    run(BIN / "pip", "install", "--quiet", "--force-reinstall", "--no-deps", made, folder=folder)
    return run(BIN / "python", "-c", CLIENT, SITE, (folder / "token").read_text(), folder=folder)


def typed_client(folder: Path) -> str:
    """Types made of the description, a program that reads every address and writes, checked, then run."""
    installed = npm(*SCRIPTS)
    made = folder / "typed"
    made.mkdir()
    (made / "node_modules").symlink_to(installed)
    (made / "package.json").write_text('{"type": "commonjs"}')
    run("npx", "openapi-typescript", folder / "schema.json", "-o", "schema.ts", folder=made)
    (made / "client.ts").write_text(TYPED.replace("READS", "\n  ".join(_typed_reads(folder))))
    strict = ("--strict", "--module", "node16", "--target", "es2022", "--skipLibCheck", "--types", "node")
    run("npx", "tsc", *strict, "client.ts", folder=made)
    return run("node", "client.js", SITE, (folder / "token").read_text(), folder=made)


def _typed_reads(folder: Path) -> list[str]:
    given = {"slug": "sz-sti-14", "code": "I-01", "sha256": "0" * 64}
    described = json.loads((folder / "schema.json").read_text())["paths"]
    calls = []
    for path, operations in described.items():
        # A file is looked up that nobody has: an answer of its own, 404.
        if "get" not in operations or "{sha256}" in path or path.endswith(".csv"):
            continue
        names = {name: value for name, value in given.items() if f"{{{name}}}" in path}
        calls.append(f'await held("{path}", client.GET("{path}", {{ params: {{ path: {json.dumps(names)} }} }}));')
    return [call.replace("{ params: { path: {} } }", "{}") for call in calls]


def duckdb_example(folder: Path) -> str:
    return run(BIN / "python", "-c", DUCK, SITE, ROOT / "docs" / "api-examples.md", folder=folder)


def schemathesis(folder: Path) -> str:
    checks = ("--checks", "all", "--exclude-checks", UNSAID, "-n", os.environ.get("EXAMPLES", "50"))
    address = f"{SITE}/api/schema/?format=json"
    phases = ("--phases", "examples,coverage,fuzzing")
    named = ("-H", f"Authorization: Bearer {(folder / 'token').read_text()}")
    run(BIN / "schemathesis", "run", address, "--url", SITE, *checks, *phases, *named, folder=folder)
    return "no failure"


def csvw(folder: Path) -> str:
    return run(BIN / "csvwvalidate", "csv-metadata.json", folder=folder / "package")


def frictionless(folder: Path) -> str:
    run(BIN / "frictionless", "validate", "datapackage.json", folder=folder / "package")
    run(BIN / "frictionless", "validate", f"{PLAN}/datapackage.json", folder=folder)
    return "package and addresses valid"


def workbooks(folder: Path) -> str:
    """The workbooks of the report desk, which everybody may ask for."""
    names = [f"{dataset}.xlsx" for dataset in BOOKS]
    for dataset, name in zip(BOOKS, names, strict=True):
        (folder / name).write_bytes(fetch(f"{PLAN}/reports/file/?dataset={dataset}&format=xlsx"))
    return run(BIN / "python", "-c", WORKBOOKS, PLAN, *names, folder=folder)


def metrics(folder: Path) -> str:
    return run(BIN / "python", "-c", METRICS, PLAN, f"{SITE}/metrics", folder=folder)


CHECKS: dict[str, Callable[[Path], str]] = {
    "openapi-python-client": generated_client,
    "openapi-typescript, openapi-fetch, typescript": typed_client,
    "schemathesis": schemathesis,
    "csvw": csvw,
    "frictionless": frictionless,
    "pysdmx, sdmx1": lambda folder: python(SDMX, folder),
    "pandas, polars, duckdb": lambda folder: python(GUESSING, folder),
    "duckdb": duckdb_example,
    "feedparser": lambda folder: python(FEEDS, folder),
    "rdflib": lambda folder: python(LINKED, folder),
    "openpyxl, python-calamine, polars, pandas": workbooks,
    "prometheus-client": metrics,
    "vnu-jar": pages.markup,
    "axe-core, puppeteer-core": pages.accessible,
    "lighthouse": pages.quick,
}


def gather(folder: Path) -> None:
    for name in FILES:
        (folder / name).write_bytes(fetch(f"{PLAN}/{name}"))
    with zipfile.ZipFile(folder / "package.zip") as archive:
        archive.extractall(folder / "package")


def serve(folder: Path) -> subprocess.Popen:
    """The product with the plan loaded and without its limits of speed, answering."""
    own = Path(sys.executable).parent
    limits = ("ASSESS", "VERIFY", "EXPORT", "SEARCH", "WRITE", "TOKEN")
    rates = {f"{limit}_RATE": "off" for limit in limits}
    env = os.environ | rates | {"DATA_DIR": str(folder / "data")}
    for command in (("migrate", "-v0"), ("load_plan", "fixtures/sz-sti-14")):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=env, check=True)
    made = subprocess.check_output(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", WRITER], cwd=ROOT, env=env, text=True
    )
    (folder / "token").write_text(made.strip().splitlines()[-1])
    bound = (own / "gunicorn", "-k", "gthread", "--threads", "4", "-b", f"127.0.0.1:{PORT}")
    web = subprocess.Popen([*bound, "shenzhen_plan.wsgi"], cwd=ROOT, env=env, stderr=subprocess.DEVNULL)
    for _attempt in range(60):
        try:
            fetch(f"{SITE}/healthz")
            return web
        except OSError:
            time.sleep(1)
    web.terminate()
    raise RuntimeError("the product did not start")


def install() -> None:
    """The Python programs; where the index does not answer, those of another night are used."""
    if not BIN.exists():
        subprocess.run([sys.executable, "-m", "venv", HOME / "venv"], check=True)
    command = [BIN / "pip", "install", "--quiet", "--upgrade", *PACKAGES]
    if subprocess.run(command, check=False).returncode:
        print("The package index did not answer: what is not there already is left out.", file=sys.stderr)


def ask(names: str, check: Callable[[Path], str], folder: Path) -> tuple[str, bool]:
    """What a program says, or why it was left out, and whether it got on; one that did not keeps no other from
    being asked."""
    wanted = {one.partition("[")[0] for one in PACKAGES} & set(names.split(", "))
    if missing := wanted - set(versions()):
        return f"left out: {', '.join(sorted(missing))} could not be installed", True
    try:
        return check(folder), True
    except Away as reason:
        return f"left out: {reason}", True
    except Exception as error:  # whatever a strange program raises is its row of the table
        return f"FAILED: {error}", False


def main() -> int:
    HOME.mkdir(parents=True, exist_ok=True)
    install()
    failed = 0
    with tempfile.TemporaryDirectory(dir=HOME) as name:
        folder = Path(name)
        web = serve(folder)
        try:
            gather(folder)
            for names, check in CHECKS.items():
                if os.environ.get("ONLY", "") not in names:
                    continue
                result, is_well = ask(names, check, folder)
                failed += not is_well
                known = versions()
                told = ", ".join(f"{one} {known.get(one, '?')}" for one in names.split(", "))
                print(f"| {told} | {result} |", flush=True)
        finally:
            web.terminate()
            web.wait()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
