"""Tables that leave the portal as files."""

from __future__ import annotations

import csv
import io

import psycopg
import pytest
from openpyxl import load_workbook

from pmo_portal.common.exports import Percent, csv_response, xlsx_response
from pmo_portal.common.registers import FILES_AT_ONCE

# The line break of slides, as it is pasted.
PASTED, PLAIN = "Supplier late\x0bno dates", "Supplier late no dates"


def test_what_a_file_cannot_hold_is_a_space_in_it():
    answer = xlsx_response("risks", ["Title"], [[PASTED]])
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert [row[0] for row in sheet.iter_rows(values_only=True)] == ["Title", PLAIN]
    text = csv_response("risks", ["Title"], [[PASTED]]).content.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [["Title"], [PLAIN]]


def test_nothing_hides_the_beginning_of_a_formula():
    text = csv_response("risks", ["Title"], [["\x0b=1+1"], ["=1+1"]]).content.decode("utf-8-sig")
    assert [row[0][0] for row in csv.reader(io.StringIO(text))] == ["T", "'", "'"]


def test_a_percentage_is_a_number_in_a_spreadsheet_and_words_elsewhere():
    row = [Percent(0.25), Percent(0.068, 1), Percent(-0.05)]
    sheet = load_workbook(io.BytesIO(xlsx_response("risks", ["A", "B", "C"], [row]).content)).active
    assert [(cell.value, cell.number_format) for cell in sheet[2]] == [
        (0.25, "0%"),
        (0.068, "0.0%"),
        (-0.05, "0%"),
    ]
    text = csv_response("risks", ["A", "B", "C"], [row]).content.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text)))[1] == ["25%", "6.8%", "-5%"]


@pytest.mark.django_db
def test_an_organisation_has_so_many_files_made_at_once(acme, ada, client_for, superuser_url):
    """The other requests of the organisation hold their places, each for as long as its transaction."""
    address = "/t/acme/people/?format=csv"
    with psycopg.connect(superuser_url) as others:
        for place in range(FILES_AT_ONCE):
            key = f"pmo-files:{acme.pk}:{place}"
            others.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [key])
        refused = client_for(ada).get(address)
        assert (refused.status_code, refused["Retry-After"]) == (429, "5")
        assert (
            "2 files of your organisation are being made at this moment" in refused.content.decode()
        )
        others.rollback()
        assert client_for(ada).get(address).status_code == 200
