"""Tables that leave the portal as files."""

from __future__ import annotations

import csv
import io

from openpyxl import load_workbook

from pmo_portal.common.exports import Percent, csv_response, xlsx_response

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
