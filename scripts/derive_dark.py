#!/usr/bin/env python3
"""Write the dark theme for browsers without script, from the styles that have one.

    python scripts/derive_dark.py            write static/css/derived/dark-without-script.css
    python scripts/derive_dark.py --check    say whether it is what would be written

With script the first file of a page asks the device and sets `data-bs-theme`. Without, the only one who can ask is
the style itself: every rule for `[data-bs-theme="dark"]` is repeated for `[data-pp-theme="system"]`, which weighs the
same, and base.html links the result inside `<noscript>` for dark screens only. It stands after the styles it comes
from, so that it wins where the dark rules win with script.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

STATIC = Path(__file__).resolve().parent.parent / "static"
TARGET = STATIC / "css" / "derived" / "dark-without-script.css"
HEAD = "/* Written by scripts/derive_dark.py: the rules of the dark theme, for devices that ask for it. */\n"
# Whatever must not be split at: strings, and `url(…)` without quotes.
WHOLE = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|url\([^"\')]*\)')
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# On the root element and positive: rules for a dark part of a light page are no part of the theme.
DARK = re.compile(
    r"^(?:html|:root)?\[data-bs-theme=(?:dark|\"dark\")\](?![^\s>+~]*\[data-bs-theme)"
)
SYSTEM = '[data-pp-theme="system"]'


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--check", action="store_true", help="compare only")
    options = parser.parse_args(argv)
    wanted = derived(sources())
    if options.check:
        if TARGET.is_file() and TARGET.read_text(encoding="utf-8") == wanted:
            return 0
        print(f"{TARGET.name} is not what scripts/derive_dark.py writes; run it.", file=sys.stderr)
        return 1
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(wanted, encoding="utf-8")
    return 0


def sources() -> list[str]:
    """The styles every page is drawn with, in the order in which base.html links them."""
    base = (STATIC.parent / "templates" / "base.html").read_text(encoding="utf-8")
    linked = re.findall(r"<link rel=\"stylesheet\" href=\"{% static '([^']+)' %}\">", base)
    return [(STATIC / name).read_text(encoding="utf-8") for name in linked]


def derived(styles: list[str]) -> str:
    """The dark rules of some styles, for a page that leaves the choice to the device."""
    return HEAD + "".join(line for style in styles for line in dark_rules(style))


def dark_rules(style: str) -> Iterator[str]:
    """Each dark rule on a line of its own, inside the conditions it stands in; those of print are left out."""
    for head, inside in blocks(COMMENT.sub("", style)):
        if head.startswith("@media"):
            rules = "" if head.split() == ["@media", "print"] else "".join(dark_rules(inside))
            if rules:
                yield f"{head} {{\n{rules}}}\n"
        elif not head.startswith("@"):
            selectors = [DARK.sub(SYSTEM, each) for each in split(head, ",") if DARK.match(each)]
            if selectors:
                yield f"{', '.join(selectors)} {{ {'; '.join(split(inside, ';'))} }}\n"


def blocks(style: str) -> Iterator[tuple[str, str]]:
    """What stands before and between the braces of the outermost blocks."""
    depth, start, opened = 0, 0, 0
    for at in _outside(style, "{};"):
        if style[at] == ";":
            # A statement without a block, such as a character set.
            start = at + 1 if depth == 0 else start
        elif style[at] == "{":
            depth += 1
            opened = at if depth == 1 else opened
        else:
            depth -= 1
            if depth == 0:
                yield " ".join(style[start:opened].split()), style[opened + 1 : at]
                start = at + 1


def split(text: str, sign: str) -> list[str]:
    """The parts between a sign, which does not count inside strings and brackets; without empty ones."""
    parts, depth, start = [], 0, 0
    for at in _outside(text, f"()[]{sign}"):
        if text[at] == sign:
            if depth == 0:
                parts.append(text[start:at])
                start = at + 1
        else:
            depth += 1 if text[at] in "([" else -1
    parts.append(text[start:])
    return [" ".join(part.split()) for part in parts if part.strip()]


def _outside(text: str, signs: str) -> Iterator[int]:
    """Where one of the signs stands, outside strings."""
    whole = [match.span() for match in WHOLE.finditer(text)]
    edge = 0
    for match in re.finditer(f"[{re.escape(signs)}]", text):
        while edge < len(whole) and whole[edge][1] <= match.start():
            edge += 1
        if edge == len(whole) or match.start() < whole[edge][0]:
            yield match.start()


if __name__ == "__main__":
    raise SystemExit(main())
