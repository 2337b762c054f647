"""What the chain is made of: one text for a row's content, the same whichever database gives the row back."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC
from typing import Any

# In this order, which is part of the digest.
CONTENT = (
    "at", "actor_id", "actor_name", "address", "action", "plan_slug", "object_code", "object_label", "before",
    "after", "outcome",
)  # fmt: skip


def digest_of(row: Mapping[str, Any]) -> str:
    """SHA-256 of a row's content, in hexadecimal; `row` holds at least the names of CONTENT."""
    content = [row[name] for name in CONTENT]
    content[0] = content[0].astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def link_hash(previous: str, position: int, digest: str) -> str:
    """The hash of a link; the triggers of audit.guards say the same in SQL."""
    return hashlib.sha256(f"{previous}:{position}:{digest}".encode()).hexdigest()


def canonical(value: Any) -> str:
    """JSON with sorted keys, no spaces, and whole numbers without a fraction."""
    return json.dumps(same(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def plain(value: Any) -> Any:
    """A value as a JSON column gives it back. Raises TypeError for what is not JSON."""
    return None if value is None else json.loads(json.dumps(value))


def same(value: Any) -> Any:
    """jsonb writes 1e16 as a whole number and 1.0 as 1.0; here both are whole."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: same(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [same(inner) for inner in value]
    return value
