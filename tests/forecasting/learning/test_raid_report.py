"""What scores of RAID items were worth, as plain values beside what is simpler to say."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from forecasting.learning import prior
from forecasting.learning.judging import report
from forecasting.learning.linear import Rows
from forecasting.learning.raid import report as raid_report
from forecasting.learning.raid.escalation import RAID, learn_escalation
from forecasting.learning.stages import Learned, Stage
from forecasting.learning.walk import Walked

from .test_escalation import labelled

ASSUMED = prior.load("raid_escalates_4w")


def some(count: int = 6000) -> Rows:
    rows = labelled(count, seed=5)
    return replace(rows, day=np.full(count, 739_000) + 7 * (np.arange(count) % 20))


def left_out(rows: Rows, items: np.ndarray) -> dict:
    learned = learn_escalation(rows, ASSUMED, escalated=len(np.unique(items[rows.label])))
    return raid_report.left_out_report(rows, items, learned, ASSUMED)


def test_the_model_is_measured_beside_the_prior_the_rating_and_the_base_rate() -> None:
    rows = some()
    found = left_out(rows, np.arange(len(rows)))
    parts = {each["part"]: each for each in found["parts"]}
    whole = parts["all"]
    assert set(whole["by"]) == {"model", "prior", "rating", "base"}
    assert whole["by"]["model"]["auc"][0] > whole["by"]["rating"]["auc"][0] > 0.5
    # A rating is no chance; the base rate has no order, and is right in the mean.
    assert set(whole["by"]["rating"]) == {"auc", "ap"}
    assert whole["by"]["base"]["auc"][0] == 0.5
    assert whole["by"]["base"]["ap"][0] == pytest.approx(whole["share"])
    assert whole["by"]["base"]["skill"][0] == 0
    assert {"mitigated", "unmitigated", "schedule"} <= set(parts)
    assert parts["mitigated"]["rows"] + parts["unmitigated"]["rows"] == whole["rows"]
    assert sum(each["rows"] for each in found["reliability"]) == len(rows)
    assert found["alerts"]["base"] < found["alerts"]["precision"] <= 1
    json.dumps(found, allow_nan=False)


def test_an_item_that_escalates_is_one_event_however_many_weeks_come_before_it() -> None:
    rows = some(400)
    rows = replace(rows, label=np.arange(400) < 40)
    found = left_out(rows, np.arange(400) // 4)
    assert found["events"] == 10


@pytest.mark.parametrize("share", [0.0, 1.0])
@pytest.mark.parametrize("count", [0, 1, 300])
def test_one_outcome_or_nothing_measures_nothing(count: int, share: float) -> None:
    rows = replace(some(400).only(np.arange(count)), label=np.full(count, bool(share)))
    found = left_out(rows, np.arange(count))
    assert (found["rows"], found["parts"], found["alerts"]) == (count, [], None)


def test_age_and_dates_make_parts() -> None:
    rows = some(3)
    at = {name: index for index, name in enumerate(RAID.names)}
    rows.raw[:, at["log_age_w"]] = np.log1p([1, 6, 20])
    rows.raw[:, at["weeks_to_due"]] = [-1, np.nan, 10]
    rows.raw[:, at["is_people"]] = [1, 0, 0]
    rows.raw[:, at["is_schedule"]] = 0
    parts = raid_report.parts_of(rows)
    assert parts["new"].tolist() == [True, False, False]
    assert parts["old"].tolist() == [False, False, True]
    assert parts["due_soon"].tolist() == [True, False, False]
    assert parts["people"].tolist() == [True, False, False]
    assert parts["other"].tolist() == [False, True, True]


def test_a_walk_is_measured_where_it_told_and_its_outcome_is_known() -> None:
    rows = some()
    told = ASSUMED.probability(rows.raw)
    turn = np.where(np.arange(len(rows)) < 1000, -1, 0)
    from datetime import date

    walked = Walked(
        probability=told, low=told, high=told, by_prior=told, turn=turn,
        learned=[(date(2024, 1, 1), Learned(ASSUMED, Stage.PRIOR, 0, 0, 0, np.empty(0)))],
    )  # fmt: skip
    known = np.arange(len(rows)) < 4000
    found = raid_report.walked_report(rows, np.arange(len(rows)), known, walked)
    assert found["known"] == 3000
    # A programme of which nothing is known yet is not among those the report speaks of.
    at = np.flatnonzero(known)
    rows = replace(rows, group=np.where(known, rows.group, rows.group.max() + 1))
    found = raid_report.walked_report(rows, np.arange(len(rows)), known, walked)
    assert found["programmes"] == len(np.unique(rows.group[at[1000:]]))
    assert found["learned"] == [
        {"day": "2024-01-01", "stage": "prior", "rows": 0, "programmes": 0, "events": 0, "tried": False}
    ]  # fmt: skip
    assert report.BASE in found["parts"][0]["by"]
    assert "told_by_own" not in {each["part"] for each in found["parts"]}
