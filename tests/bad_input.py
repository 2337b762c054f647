"""Generated requests and generated files, the same for the same seed: what strangers send, and worse."""

import io
import random
import zipfile
from urllib.parse import quote, urlencode

ODD = [
    "", "0", "-1", "²", "١٢", "9" * 40, "9" * 5000, "1e999", "NaN", "true", "null", "[]", "{}", "../../etc/passwd",
    "' OR 1=1 --", "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "%00", "\0", "\x0b", "\u202e", "\ufffe",
    "\ufffd", "\u200b", "中文", "👩\u200d🚀", "a" * 10_000, "2023-06-30", "2023-02-30", "0000-00-00", "I-01",
    "P-1.1", "sz-sti-14", "1:1", "²:1", ":", "1", "2", "approved", "csv", "en",
]  # fmt: skip
LETTERS = [chr(number) for number in (*range(0x20), *range(0x2000, 0x2070), *range(0x4E00, 0x4E40))]


def odd_value(chance: random.Random) -> str:
    if chance.random() < 0.8:
        return chance.choice(ODD)
    return "".join(chance.choices(LETTERS, k=9))


def odd_query(chance: random.Random, names: tuple[str, ...]) -> str:
    """Up to three parameters, mostly of names the address takes; sometimes bytes that are no UTF-8."""
    pairs = [(chance.choice(names), odd_value(chance)) for _ in range(chance.randrange(4))]
    query = urlencode(pairs)
    return f"{query}&q=%ff%fe" if chance.random() < 0.03 else query


def odd_body(chance: random.Random, names: list[str]) -> dict[str, str]:
    """The fields of a form of ours, filled in anyhow."""
    return {name: odd_value(chance) for name in chance.sample(names, min(len(names), chance.randrange(1, 9)))}


def odd_path(chance: random.Random, path: str) -> str:
    """Now and then an address with a part exchanged."""
    if chance.random() > 0.1:
        return path
    parts = path.split("/")
    parts[chance.randrange(1, len(parts))] = quote(odd_value(chance)[:200])
    return "/".join(parts) or "/"


def mutated(chance: random.Random, data: bytes) -> bytes:
    """A file with a few bytes changed, cut, doubled or put in between."""
    data = bytearray(data)
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(max(1, len(data)))
        match chance.randrange(5):
            case 0:
                data[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del data[at : at + chance.randrange(1, 40)]
            case 2:
                data[at:at] = data[at : at + chance.randrange(1, 40)]
            case 3:
                data[at:at] = chance.choice(ODD).encode("utf-8", "surrogatepass")[:50]
            case 4 if chance.random() < 0.2:
                del data[at:]
    return bytes(data)


def mutated_zip(chance: random.Random, data: bytes) -> bytes:
    """An Office file: damaged as bytes, or packed again with one of its parts changed or left out."""
    if chance.random() < 0.5:
        return mutated(chance, data)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        hit = chance.choice(names)
        for name in names:
            content = old.read(name)
            if name == hit:
                if chance.random() < 0.2:
                    continue
                content = mutated(chance, content)
            new.writestr(name, content)
    return out.getvalue()


def mutated_cells(chance: random.Random, rows: list[list[str]]) -> list[list[str]]:
    """A table with some cells, headings among them, exchanged for odd ones."""
    rows = [list(row) for row in rows]
    for _ in range(chance.randrange(1, 5)):
        row = chance.choice(rows)
        row[chance.randrange(len(row))] = odd_value(chance)
    return rows
