"""What an import linter cannot see: keys between tables, and addresses named in templates and code."""

import re

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.urls import get_resolver

from .house import LABELS, ROOT, python_files, storey_of

TEMPLATES = ROOT / "templates"
# Components belong to the ground floor. `base.html` and the layouts are the frame around every app, like
# `urls.py`, and may name any address.
SHARED = {"cotton", "common"}
URL_TAG = re.compile(r"{%\s*(?:tenant_|programme_)?url\s+[\"']([a-z_]+):")
REVERSE = re.compile(r"(?:reverse|reverse_lazy|redirect|resolve_url)\(\s*[\"']([a-z_]+):")


def _keys():
    """(model, field, target) for every key between two of our apps."""
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if field.is_relation and not field.auto_created and field.related_model:
                target = field.related_model
                # Who somebody signs in as is Django's own setting, known to every storey.
                if target is get_user_model():
                    continue
                if model._meta.app_label in LABELS and target._meta.app_label in LABELS:
                    yield model, field, target


def test_keys_point_down():
    upwards = [
        f"{model.__name__}.{field.name} -> {target._meta.label}"
        for model, field, target in _keys()
        if storey_of(target._meta.app_label) > storey_of(model._meta.app_label)
    ]
    assert upwards == []


def test_delivery_holds_no_relation_to_people_records():
    crossing = [
        f"{model.__name__}.{field.name}"
        for model, field, target in _keys()
        if model._meta.app_label == "programmes" and target._meta.app_label == "adoption"
    ]
    assert crossing == []


def test_adoption_hangs_on_the_spine_only():
    targets = {
        target.__name__
        for model, _, target in _keys()
        if model._meta.app_label == "adoption" and target._meta.app_label == "programmes"
    }
    assert targets <= {"Programme", "Milestone"}


def _templates():
    return sorted(TEMPLATES.rglob("*.html"))


def _label_of(path) -> str:
    folder = path.relative_to(TEMPLATES).parts[0]
    return "common" if folder in SHARED else folder


def test_templates_name_no_address_of_a_higher_app():
    upwards = []
    for path in _templates():
        label = _label_of(path)
        if label not in LABELS:
            continue
        for namespace in URL_TAG.findall(path.read_text()):
            if namespace in LABELS and storey_of(namespace) > storey_of(label):
                upwards.append(f"{path.relative_to(TEMPLATES)} names {namespace}:")
    assert upwards == []


def test_code_names_no_address_of_a_higher_app():
    upwards = []
    for path in python_files():
        parts = path.relative_to(ROOT).parts
        label = parts[1] if parts[0] == "pmo_portal" else parts[0]
        if label not in LABELS:
            continue
        for namespace in REVERSE.findall(path.read_text()):
            if namespace in LABELS and storey_of(namespace) > storey_of(label):
                upwards.append(f"{path.relative_to(ROOT)} names {namespace}:")
    assert upwards == []


def test_every_address_a_template_names_exists():
    known = set(_names(get_resolver()))
    missing = []
    for path in _templates():
        for name in re.findall(r"{%\s*url\s+[\"']([a-z_:]+)[\"']", path.read_text()):
            if name not in known:
                missing.append(f"{path.relative_to(TEMPLATES)} names {name}")
    assert missing == []


def _names(resolver, prefix=""):
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from _names(pattern, inner)
        elif pattern.name:
            yield f"{prefix}{pattern.name}"


# --- What no page may carry ---

FORBIDDEN = {
    "a style element": re.compile(r"<style", re.IGNORECASE),
    "a style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "an event attribute": re.compile(
        r"\son(?:click|change|submit|load|input|error)\s*=", re.IGNORECASE
    ),
    "hx-on": re.compile(r"hx-on[:-]"),
    "script in hx-vals": re.compile(r"hx-vals\s*=\s*[\"']js:"),
    "a trigger filter": re.compile(r"hx-trigger\s*=\s*\"[^\"]*\["),
    "an address of somebody else": re.compile(r"(?:src|href)\s*=\s*[\"'](?:https?:)?//"),
    "an unescaped value": re.compile(r"\|\s*safe\b|{%\s*autoescape\s+off"),
}
SCRIPT = re.compile(r"<script\b([^>]*)>", re.IGNORECASE)


@pytest.mark.parametrize("what", sorted(FORBIDDEN))
def test_no_template_has(what):
    found = [
        str(path.relative_to(TEMPLATES))
        for path in _templates()
        if FORBIDDEN[what].search(path.read_text())
    ]
    assert found == []


def test_scripts_are_files_or_data():
    inline = [
        str(path.relative_to(TEMPLATES))
        for path in _templates()
        for attributes in SCRIPT.findall(path.read_text())
        if "src=" not in attributes and "application/json" not in attributes
    ]
    assert inline == []


def test_the_database_setting_of_the_tenant_never_outlives_its_transaction():
    slips = [
        str(path.relative_to(ROOT))
        for path in python_files()
        if re.search(r"set_config\([^)]*,\s*false", path.read_text())
        or re.search(r"[\"']SET (?:SESSION )?app\.", path.read_text())
    ]
    assert slips == []


def test_xml_is_read_by_the_safe_parser_only():
    slips = [
        str(path.relative_to(ROOT))
        for path in python_files()
        if re.search(r"^\s*(?:from|import) xml\b", path.read_text(), re.MULTILINE)
    ]
    assert slips == []
