"""Units within each other: everybody counts once."""

import pytest

from pmo_portal.tenants.nested import outermost, people_once


def test_those_within_another_are_left_out():
    assert outermost(["A", "A/B", "A/B/C", "D/E", "D/EF"]) == {"A", "D/E", "D/EF"}
    assert outermost(["A/B/C", "A"]) == {"A"}
    assert outermost([]) == set()


@pytest.mark.parametrize(
    ("people", "together"),
    [
        ({}, 0),
        ({"A": 100, "D": 20}, 120),
        ({"A": 100, "A/B": 30, "A/B/C": 10}, 100),
        # Only two of three levels touched, and next to them a unit whose name begins alike.
        ({"A": 100, "A/B/C": 10, "AB": 5}, 105),
        # Of the outer one nobody said how many, or only a part of it is touched.
        ({"A": 0, "A/B": 30, "A/C": 10}, 40),
        ({"A": 35, "A/B": 30, "A/C": 10, "A/C/D": 12}, 42),
    ],
)
def test_people_of_units_together(people, together):
    assert people_once(people) == together
