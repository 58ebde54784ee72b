import pytest

from governance import balance


@pytest.mark.parametrize(
    ("heard", "missing"),
    [
        ([], ["delivery", "change"]),
        (["change"], ["delivery"]),
        (["delivery", "change"], []),
    ],
)
def test_missing_voices(heard, missing):
    assert balance.missing_voices(heard) == missing
    assert balance.is_isolated(heard, decided=True) is bool(missing)
    assert balance.is_isolated(heard, decided=False) is False


def test_a_group_needs_a_vote_of_each_function():
    assert balance.missing_functions({"delivery", "business"}) == ["change"]
    assert balance.missing_functions({"delivery", "change"}) == []
