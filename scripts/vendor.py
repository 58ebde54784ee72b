#!/usr/bin/env python3
"""Fetch the front-end files the portal serves itself, and check that they are untouched.

    python scripts/vendor.py            pack every package of the lock file, copy its files, write the icon sprite
    python scripts/vendor.py --check    compare the hashes of what is there with the lock file (no network)

`static/vendor/vendor.lock.json` names each package with its exact version. A file whose upstream copy ends in a
source map comment loses that comment (`strip_source_map`), because the map is not shipped and the hashed static
storage would look for it; the lock file holds the hash of what we serve.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
LOCK = STATIC / "vendor" / "vendor.lock.json"
SOURCE_MAP = re.compile(rb"\s*(/\*|//)# sourceMappingURL=[^\n]*\n?\Z")
SVG_BODY = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
FRAME = '<path stroke="none" d="M0 0h24v24H0z" fill="none" />'


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument(
        "--check", action="store_true", help="compare hashes only; needs no network"
    )
    options = parser.parse_args(argv)
    lock = json.loads(LOCK.read_text(encoding="utf-8"))
    if options.check:
        return report(problems(lock))
    for package in lock["packages"]:
        fetch(package)
    LOCK.write_text(json.dumps(lock, indent=2) + "\n", encoding="utf-8")
    return 0


def problems(lock: dict[str, Any]) -> list[str]:
    """What differs between the lock file and the files on disk, as sentences; empty when all is well."""
    found = []
    for entry in (file for package in lock["packages"] for file in package["files"]):
        path = STATIC / entry["path"]
        if not path.is_file():
            found.append(f"{entry['path']} is missing.")
        elif digest(path.read_bytes()) != entry["sha256"]:
            found.append(f"{entry['path']} is not the file the lock names.")
    return found


def report(found: list[str]) -> int:
    for sentence in found:
        print(sentence, file=sys.stderr)
    return 1 if found else 0


def fetch(package: dict[str, Any]) -> None:
    """Bring one package's files into place and note their hashes in its lock entry."""
    with tempfile.TemporaryDirectory() as folder:
        name = f"{package['name']}@{package['version']}"
        packed = subprocess.run(
            ["npm", "pack", name, "--silent"],
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
        )
        with tarfile.open(Path(folder) / packed.stdout.strip().splitlines()[-1]) as archive:
            for entry in package["files"]:
                content = build(archive, package, entry)
                if content is None:
                    continue
                target = STATIC / entry["path"]
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
                entry["sha256"] = digest(content)


def build(archive: tarfile.TarFile, package: dict[str, Any], entry: dict[str, Any]) -> bytes | None:
    """The bytes of one listed file; nothing for a file we wrote ourselves (a licence the archive lacks)."""
    if entry.get("written_here"):
        return None
    if entry.get("sprite"):
        return sprite(archive, package["icons"])
    content = read(archive, entry["source"])
    return SOURCE_MAP.sub(b"\n", content) if entry.get("strip_source_map") else content


def sprite(archive: tarfile.TarFile, names: list[str]) -> bytes:
    """One SVG file with a symbol for every icon in use, in the order of the alphabet."""
    symbols = []
    for name in sorted(names):
        match = SVG_BODY.search(read(archive, f"package/icons/outline/{name}.svg").decode())
        if match is None:
            raise SystemExit(f"No drawing in icon {name}.")
        body = " ".join(match.group(1).replace(FRAME, "").split())
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{body}</symbol>')
    stroke = 'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"'
    drawings = "\n".join(symbol.replace("<symbol ", f"<symbol {stroke} ") for symbol in symbols)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{drawings}\n</svg>\n'.encode()


def read(archive: tarfile.TarFile, member: str) -> bytes:
    handle = archive.extractfile(member)
    if handle is None:
        raise SystemExit(f"{member} is not in the archive.")
    return handle.read()


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    raise SystemExit(main())
