"""Programs that look at pages, for `make interop`: the Nu checker (Java), axe and Lighthouse (Chromium)."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from statistics import median

from tools.interop_home import PLAN, SITE, Away, fetch, npm, run

# Pages of their own, and of the commitments every so many as the sitemap lists them; Lighthouse reads five.
PAGES = (
    "", "indicators/", "indicators/?view=table", "indicators/I-01/", "indicators/I-04/", "items/", "items/?page=2",
    "platforms/", "pillars/", "industries/", "actions/", "clusters/", "safeguards/", "text/", "coverage/",
    "matrix/", "gaps/", "units/", "brief/", "status/", "changes/", "search/?q=%E7%A0%94%E5%8F%91", "evidence/",
    "items/I-04/history/", "assessments/", "reports/", "releases/", "wall/", "methods/", "guide/",
    "indicators/I-01/embed/", "indicators/I-01/embed/?show=chart",
)  # fmt: skip
EVERY = 12
BESIDE = ("/plans/", "/accounts/login/", "/verify/", "/no-such-page/")
PHONE = {
    "indicators/I-01/": "an indicator", "": "overview", "items/": "items", "changes/": "changes", "text/": "text",
}  # fmt: skip
LANGUAGES = ("zh-hans", "en")
LEAST, ROUNDS = 90, int(os.environ.get("LIGHTHOUSE_ROUNDS", "3"))
# Version 13 needs a newer Node than Debian's.
LIGHTHOUSE = "lighthouse@12.2.3"
# CSS of the recommendations that the checker's own list does not have yet.
NEWER = ("vector-effect", "paint-order", "container-type", "@container")
KINDS = ("performance", "accessibility", "best-practices", "seo")
AXE = """
const puppeteer = require("puppeteer-core");
const axe = require("fs").readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
(async () => {
  const browser = await puppeteer.launch({ executablePath: process.argv[2], args: ["--no-sandbox"] });
  const page = await browser.newPage();
  await page.setBypassCSP(true);
  // What fades in is read when it is there.
  await page.emulateMediaFeatures([{ name: "prefers-reduced-motion", value: "reduce" }]);
  const found = [];
  for (const [width, height] of [[1440, 900], [390, 844]]) {
    await page.setViewport({ width, height });
    for (const address of process.argv.slice(3)) {
      await page.goto(address, { waitUntil: "load" });
      await page.evaluate(axe);
      const said = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
      for (const { id, nodes } of said.violations)
        found.push([address, width, id, ...nodes.slice(0, 3).map((node) => node.html.slice(0, 160))].join(" "));
    }
  }
  await browser.close();
  if (found.length) {
    console.error(found.join("\\n"));
    process.exit(1);
  }
})();
"""


def chromium() -> str:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if not path:
        raise Away("Chromium is not here")
    return path


def addresses(every: int) -> list[str]:
    """Each page in both languages, as the address says it, and of the commitments' so many."""
    listed = re.findall(r"<loc>([^<?]+)</loc>", fetch(f"{SITE}/sitemap-items.xml").decode())
    found = [f"{PLAN}/{page}" for page in PAGES] + [f"{SITE}{page}" for page in BESIDE] + listed[::every]
    return [f"{one}{'&' if '?' in one else '?'}lang={code}" for one in found for code in LANGUAGES]


def markup(folder: Path) -> str:
    """Every page and the style sheet of all by the Nu checker: not a fault, and no warning either."""
    if shutil.which("java") is None:
        raise Away("Java is not here")
    jar = npm("vnu-jar") / "vnu-jar" / "build" / "dist" / "vnu.jar"
    kept = folder / "pages"
    kept.mkdir()
    asked = addresses(EVERY)
    for number, address in enumerate(asked):
        (kept / f"{number:03}.html").write_bytes(_page(address))
    left_out = ("--filterpattern", f".*({'|'.join(NEWER)}).*")
    done = subprocess.run(
        ["java", "-Xss4m", "-jar", jar, "--format", "json", "--exit-zero-always", *left_out, kept],
        capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip
    if not done.stderr.strip().startswith("{"):
        raise RuntimeError(done.stderr[-1500:])
    told = [one for one in json.loads(done.stderr)["messages"] if one["type"] != "info" or one.get("subType")]
    if told:
        raise RuntimeError(f"{len(told)} told: " + "; ".join(_said(one, asked) for one in told[:12]))
    return f"{len(asked)} pages, no error and no warning"


def _page(address: str) -> bytes:
    """A page as it comes; of one there is not, the page that says so."""
    try:
        return fetch(address)
    except OSError as error:
        if getattr(error, "code", None) != 404:
            raise
        return error.read()


def _said(told: dict, asked: list[str]) -> str:
    number = int(Path(told["url"]).stem)
    return f"{asked[number]} {told.get('lastLine')}: {told['message']} {told.get('extract', '')[:160]}"


def accessible(folder: Path) -> str:
    """Every page in both languages, wide and on a phone, by every rule of axe."""
    installed = npm("axe-core", "puppeteer-core")
    made = folder / "axe"
    made.mkdir()
    (made / "node_modules").symlink_to(installed)
    (made / "axe.js").write_text(AXE)
    asked = [one for one in addresses(5 * EVERY) if "/no-such-page/" not in one]
    run("node", "axe.js", chromium(), *asked, folder=made)
    return f"{len(asked)} pages wide and on a phone, no violation"


def quick(folder: Path) -> str:
    """Five pages as a phone, the median of ROUNDS: at least LEAST of a hundred in everything."""
    program = npm(LIGHTHOUSE) / ".bin" / "lighthouse"
    os.environ["CHROME_PATH"] = chromium()
    told, short = [], []
    for page, name in PHONE.items():
        rounds = [_lighthouse(program, f"{PLAN}/{page}", folder) for _round in range(ROUNDS)]
        scores = {kind: median(one[kind] for one in rounds) for kind in KINDS}
        told.append(f"{name} " + ", ".join(f"{score:.0f}" for score in scores.values()))
        short += [f"{name}: {kind} {score:.0f}" for kind, score in scores.items() if score < LEAST]
    if short:
        raise RuntimeError("; ".join(short) + f" (all: {'; '.join(told)})")
    return "; ".join(told)


def _lighthouse(program: Path, address: str, folder: Path) -> dict[str, float]:
    kinds = f"--only-categories={','.join(KINDS)}"
    flags = "--chrome-flags=--headless --no-sandbox --disable-gpu"
    kept = folder / "lighthouse.json"
    run(program, address, "--quiet", flags, kinds, "--output=json", f"--output-path={kept}", folder=folder)
    found = json.loads(kept.read_text())["categories"]
    return {kind: 100 * found[kind]["score"] for kind in KINDS}
