"""`.env.example` names every variable somebody reads, and nothing that nobody reads."""

import re
import tomllib

from .house import APPS, ROOT

EXAMPLE = (ROOT / ".env.example").read_text()
NAMED = set(re.findall(r"^(?:# )?([A-Z][A-Z0-9_]+)=", EXAMPLE, re.MULTILINE))
# Set by the portal for its own children, or by others for us.
NOT_OURS = {
    "DJANGO_SETTINGS_MODULE", "PATH", "XDG_DATA_HOME", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE",
    "PYTEST_XDIST_WORKER", "PIP_NO_CACHE_DIR", "PIP_DISABLE_PIP_VERSION_CHECK", "BENCH_SUPERUSER_URL",
}  # fmt: skip
READERS = (
    re.compile(r"\benv\.\w+\(\s*[\"']([A-Z0-9_]+)[\"']"),
    re.compile(r"read_secret\(\s*[\"']([A-Z0-9_]+)[\"']"),
    re.compile(r"environ(?:ment)?(?:\.get|\.setdefault)?[\(\[]\s*[\"']([A-Z0-9_]+)[\"']"),
)


def _read_by_code() -> set[str]:
    names = set()
    files = [ROOT / "manage.py", *(ROOT / "scripts").glob("*.py")]
    for folder in ("pmo_portal", *APPS, "benchmarks"):
        files += (ROOT / folder).rglob("*.py")
    for path in files:
        text = path.read_text()
        for reader in READERS:
            names |= set(reader.findall(text))
    # The role's name is put together: PMO_OWNER_PASSWORD and so on.
    from pmo_portal.embedded.bootstrap import LOGINS

    return names | {f"{role.upper()}_PASSWORD" for role in LOGINS}


def _used_by_compose() -> set[str]:
    return set(re.findall(r"\$\{([A-Z0-9_]+)", (ROOT / "docker-compose.yml").read_text()))


def test_every_variable_that_is_read_is_explained():
    assert _read_by_code() | _used_by_compose() <= NAMED | NOT_OURS


def test_every_variable_that_is_explained_is_read():
    read = _read_by_code() | _used_by_compose()
    unread = {name for name in NAMED if name.removesuffix("_FILE") not in read}
    assert unread == set()


def test_every_variable_has_a_comment_above_it():
    block_has_comment = False
    for line in EXAMPLE.splitlines():
        if not line.strip():
            block_has_comment = False
        elif line.startswith("# ") and "=" not in line.split(" ")[1]:
            block_has_comment = True
        elif re.match(r"(?:# )?[A-Z0-9_]+=", line):
            assert block_has_comment, line


def test_the_locks_pin_everything_with_hashes_and_name_no_index():
    for name in ("base", "embedded", "dev"):
        text = (ROOT / "requirements" / f"{name}.lock").read_text()
        assert "://" not in text
        assert "index-url" not in text
        pins = re.findall(
            r"^([a-z0-9-]+)(?:\[[^]]*\])?==.*?(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL
        )
        blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
        assert len(pins) == len(blocks)
        assert all("--hash=sha256:" in block for block in blocks)
    assert not (ROOT / "uv.lock").exists()


def test_the_locks_hold_what_the_project_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = {
        "base": project["project"]["dependencies"],
        "embedded": project["project"]["optional-dependencies"]["embedded"],
        "dev": project["dependency-groups"]["dev"],
    }
    for lock, requirements in wanted.items():
        text = (ROOT / "requirements" / f"{lock}.lock").read_text().lower()
        for requirement in requirements:
            name = re.match(r"[A-Za-z0-9_-]+", requirement)[0].lower().replace("_", "-")
            assert re.search(rf"^{re.escape(name)}(?:\[[^]]*\])?==", text, re.MULTILINE), name
