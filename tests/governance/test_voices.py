import pytest

from governance import voices


@pytest.mark.parametrize(
    ("heard", "missing"),
    [
        ([], ["delivery", "change"]),
        (["change"], ["delivery"]),
        (["delivery", "change"], []),
    ],
)
def test_missing_voices(heard, missing):
    assert voices.missing_voices(heard) == missing
    assert voices.is_isolated(heard, decided=True) is bool(missing)
    assert voices.is_isolated(heard, decided=False) is False


def test_who_decided_with_a_quorum_heard_both():
    assert voices.heard(["change"], by_quorum=False) == ["change"]
    assert voices.missing_voices(voices.heard([], by_quorum=True)) == []


def test_a_group_needs_a_vote_of_each_function():
    assert voices.missing_functions({"delivery", "business"}) == ["change"]
    assert voices.missing_functions({"delivery", "change"}) == []
