"""What the checks of `make interop` share: where things lie, how a program is run, how npm's are installed."""

import json
import os
import shutil
import subprocess
import tempfile
import urllib.request
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("INTEROP_HOME") or Path(tempfile.gettempdir()) / "plan-interop")
PORT = os.environ.get("INTEROP_PORT", "8473")
SITE = f"http://127.0.0.1:{PORT}"
PLAN = f"{SITE}/sz-sti-14"
BIN = HOME / "venv" / "bin"
NPM = HOME / "npm"


class Away(Exception):
    """A program that is not to be had here, in words."""


def run(*command: str | Path, folder: Path) -> str:
    """What a program says; raises with the end of it where it fails."""
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [str(part) for part in command], cwd=folder, capture_output=True, text=True, timeout=1800, check=False,
        env=os.environ | {"PATH": path, "PYTHONWARNINGS": "ignore"},
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError((done.stdout + done.stderr)[-5000:])
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else "valid"


def fetch(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=60) as answer:
        return answer.read()


@cache
def npm(*names: str) -> Path:
    """npm's programs, installed; the folder they lie in. Raises Away where npm is not or does not answer."""
    if shutil.which("npm") is None:
        raise Away("npm is not here")
    NPM.mkdir(exist_ok=True)
    quiet = ("--silent", "--no-audit", "--no-fund", "--ignore-scripts")
    try:
        run("npm", "install", *quiet, "--prefix", NPM, *names, folder=NPM)
    except RuntimeError as error:
        if not all((_folder_of(name) / "package.json").exists() for name in names):
            raise Away("npm did not answer") from error
    return NPM / "node_modules"


def _folder_of(name: str) -> Path:
    return NPM / "node_modules" / (name[0] + name[1:].partition("@")[0])


def versions() -> dict[str, str]:
    """Of every program that is installed, by its name."""
    listed = json.loads(subprocess.check_output([BIN / "pip", "list", "--format", "json"], text=True))
    found = {row["name"].lower().replace("_", "-"): row["version"] for row in listed}
    for about in NPM.glob("node_modules/*/package.json"):
        told = json.loads(about.read_text())
        found[told["name"]] = told["version"]
    return found
