"""Asks programs that nobody here wrote whether they get on with the product; `make interop`, at night.

Starts the product on a port of its own with a folder of its own, installs the other programs into a folder beside
it (INTEROP_HOME, kept from one night to the next) and prints one line for each: name, version, what it found. What
it prints is the table of docs/interop.md. Ends with 1 where one of them did not get on.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("INTEROP_HOME") or Path(tempfile.gettempdir()) / "plan-interop")
PORT = os.environ.get("INTEROP_PORT", "8473")
SITE = f"http://127.0.0.1:{PORT}"
PLAN = f"{SITE}/sz-sti-14"
BIN = HOME / "venv" / "bin"
PACKAGES = (
    "openapi-python-client", "schemathesis", "frictionless", "csvw", "pysdmx[xml,data]", "sdmx1", "duckdb",
    "polars", "pandas", "feedparser", "rdflib", "ruff",
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
# Of npm, beside the Python ones.
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


def run(*command: str | Path, folder: Path) -> str:
    """What a program says; raises with the end of it where it fails."""
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [str(part) for part in command], cwd=folder, capture_output=True, text=True, timeout=1800, check=False,
        env=os.environ | {"PATH": path, "PYTHONWARNINGS": "ignore"},
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError((done.stdout + done.stderr)[-1500:])
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else "valid"


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
    npm = HOME / "npm"
    npm.mkdir(exist_ok=True)
    quiet = ("--silent", "--no-audit", "--no-fund", "--ignore-scripts")
    run("npm", "install", *quiet, "--prefix", npm, *SCRIPTS, folder=npm)
    made = folder / "typed"
    made.mkdir()
    (made / "node_modules").symlink_to(npm / "node_modules")
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
}


def fetch(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=60) as answer:
        return answer.read()


def gather(folder: Path) -> None:
    for name in FILES:
        (folder / name).write_bytes(fetch(f"{PLAN}/{name}"))
    with zipfile.ZipFile(folder / "package.zip") as archive:
        archive.extractall(folder / "package")


def serve(folder: Path) -> subprocess.Popen:
    """The product with the plan loaded and without its limits of speed, answering."""
    own = Path(sys.executable).parent
    rates = dict.fromkeys(("ASSESS_RATE", "VERIFY_RATE", "EXPORT_RATE", "SEARCH_RATE", "WRITE_RATE"), "off")
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


def versions() -> dict[str, str]:
    listed = json.loads(subprocess.check_output([BIN / "pip", "list", "--format", "json"], text=True))
    found = {row["name"].lower(): row["version"] for row in listed}
    for name in (one.partition("@5")[0] for one in SCRIPTS):
        about = HOME / "npm" / "node_modules" / name / "package.json"
        if about.exists():
            found[name] = json.loads(about.read_text())["version"]
    return found


def main() -> int:
    HOME.mkdir(parents=True, exist_ok=True)
    if not BIN.exists():
        subprocess.run([sys.executable, "-m", "venv", HOME / "venv"], check=True)
    subprocess.run([BIN / "pip", "install", "--quiet", "--upgrade", *PACKAGES], check=True)
    failed = 0
    with tempfile.TemporaryDirectory(dir=HOME) as name:
        folder = Path(name)
        web = serve(folder)
        try:
            gather(folder)
            for names, check in CHECKS.items():
                try:
                    result = check(folder)
                except Exception as error:  # one that does not get on keeps no other from being asked
                    failed += 1
                    result = f"FAILED: {error}"
                known = versions()
                told = ", ".join(f"{one} {known.get(one, '?')}" for one in names.split(", "))
                print(f"| {told} | {result} |", flush=True)
        finally:
            web.terminate()
            web.wait()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
