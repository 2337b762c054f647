"""A key that an installation makes for itself once, and keeps in a file that its owner alone can read."""

import os
import secrets
from pathlib import Path


def kept_key(path: Path) -> str:
    """The key in this file, made when there is none; an empty file is none, for nothing can be signed with it."""
    if path.exists() and (kept := path.read_text()).strip():
        return kept
    # Whole under its name, or not at all: two processes may be the first, and the first may be killed.
    aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(50))
    try:
        os.link(aside, path)
    except FileExistsError:
        if not path.read_text().strip():  # left by a process killed before it had written
            aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    return path.read_text()
