"""The style guide shows every component and is no page of production."""

from __future__ import annotations

import re

import pytest
from django.http import Http404
from django.test import RequestFactory

from pmo_portal.common.styleguide import styleguide


def page() -> str:
    request = RequestFactory().get("/styleguide/")
    request.htmx = False
    return styleguide(request).content.decode()


def test_production_has_no_style_guide(settings) -> None:
    settings.STYLEGUIDE = False
    with pytest.raises(Http404):
        styleguide(RequestFactory().get("/styleguide/"))


def test_every_tag_is_drawn_and_no_id_comes_twice(settings) -> None:
    settings.STYLEGUIDE = True
    drawn = page()
    assert "<c-" not in drawn
    ids = re.findall(r'\sid="([^"]+)"', drawn)
    assert sorted(ids) == sorted(set(ids))


def test_both_halves_have_the_same_number_of_figures(settings) -> None:
    settings.STYLEGUIDE = True
    delivery, adoption = re.findall(
        r'<section class="card pp-peer .*?</section>', page(), re.DOTALL
    )
    assert delivery.count('class="pp-ind"') == adoption.count('class="pp-ind"') == 4


def test_what_is_named_by_aria_exists(settings) -> None:
    settings.STYLEGUIDE = True
    drawn = page()
    ids = set(re.findall(r'\sid="([^"]+)"', drawn))
    for names in re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', drawn):
        assert set(names.split()) <= ids
    for target in re.findall(
        r'(?:popovertarget|data-dialog-open|data-figure|\sfor)="([^"]+)"', drawn
    ):
        assert target in ids
