"""The anonymity rules A1 to A5 and A17 on cells of (mean, n), against a brute-force reading of them."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import assume, given, settings, strategies as st

from adoption.suppression import (
    Cell,
    Inconsistent,
    check,
    children_of,
    is_closed,
    kept,
    parents,
    released,
    rolled_up,
)

K = 5


def cells(**answers: int) -> dict[str, Cell]:
    """Cells by path, with `__` for a slash."""
    named = {path.replace("__", "/"): n for path, n in answers.items()}
    return {path: Cell(path, n, 60.0) for path, n in named.items()}


@st.composite
def trees(draw, deepest: int = 2) -> dict[str, Cell]:
    """Random trees of tiny teams, some of them with people directly in a parent."""
    found: dict[str, int] = {}

    def grow(path: str, depth: int) -> int:
        below = draw(st.integers(0, 3)) if depth < deepest else 0
        direct = draw(st.sampled_from([0, 0, 1, 2, 3, 6, 9])) if below else draw(st.integers(0, 12))
        found[path] = direct + sum(grow(f"{path}/{name}", depth + 1) for name in "ABC"[:below])
        return found[path]

    for root in "XY"[: draw(st.integers(1, 2))]:
        grow(root, 0)
    return {path: Cell(path, n, draw(st.floats(0, 100))) for path, n in found.items()}


def remainder_of(tree: dict[str, Cell]) -> dict[str, int]:
    """The atoms: for each path the people directly in it. Empty ones are dropped."""
    below = children_of(tree)
    atoms = {
        path: cell.n - sum(tree[child].n for child in below.get(path, []))
        for path, cell in tree.items()
    }
    return {path: n for path, n in atoms.items() if n}


def in_row_space(rows: list[list[Fraction]], target: list[Fraction]) -> bool:
    return rank([*rows, target]) == rank(rows)


def rank(rows: list[list[Fraction]]) -> int:
    rows = [row[:] for row in rows]
    found = 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((i for i in range(found, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for i in range(len(rows)):
            if i != found and rows[i][column]:
                factor = rows[i][column] / rows[found][column]
                rows[i] = [a - factor * b for a, b in zip(rows[i], rows[found], strict=True)]
        found += 1
    return found


# The exact search looks at every union of atoms: exponential, so only small trees are given to it.
MOST_ATOMS = 10
exactly = settings(max_examples=150)


def leaks(tree: dict[str, Cell], shown: frozenset[str], k: int) -> bool:
    """A5 word for word: some union of atoms with 1..k-1 answers lies in the row space of what is shown."""
    atoms = remainder_of(tree)
    assume(len(atoms) <= MOST_ATOMS)
    names = sorted(atoms)
    rows = [
        [Fraction(int(name == path or name.startswith(f"{path}/"))) for name in names]
        for path in sorted(shown)
    ]
    for size in range(1, min(k, len(names) + 1)):
        for group in combinations(names, size):
            if 1 <= sum(atoms[name] for name in group) < k and in_row_space(
                rows, [Fraction(int(name in group)) for name in names]
            ):
                return True
    return False


@pytest.mark.parametrize(("n", "shown"), [(K - 1, False), (K, True)])
def test_a_figure_is_shown_from_k_answers_on(n, shown):
    assert ("X" in released(cells(X=n), K)) is shown


def test_of_twelve_six_and_three_only_twelve_is_shown_beside_the_parent():
    assert released(cells(X=21, X__A=12, X__B=6, X__C=3), K) == {"X", "X/A"}


def test_of_twelve_and_three_only_the_parent_is_shown():
    assert released(cells(X=15, X__A=12, X__B=3), K) == {"X"}


def test_people_directly_in_the_parent_count_as_a_hidden_child():
    assert released(cells(X=14, X__A=12), K) == {"X"}
    assert released(cells(X=17, X__A=12), K) == {"X", "X/A"}


def test_what_lies_below_a_hidden_unit_is_hidden():
    tree = cells(X=40, X__A=20, X__B=12, X__B__C=12, X__D=3, X__E=5)
    shown = released(tree, K)
    assert shown == {"X", "X/A", "X/B", "X/B/C"}
    smaller = cells(X=35, X__A=20, X__B=12, X__B__C=12, X__D=3)
    assert released(smaller, K) == {"X", "X/A"}


def test_roots_are_apart_and_do_not_hide_each_other():
    assert released(cells(X=12, Y=3), K) == {"X"}


def test_units_below_may_not_have_more_answers_than_their_parent():
    with pytest.raises(Inconsistent) as refusal:
        check(cells(X=10, X__A=8, X__B=7))
    assert (refusal.value.path, refusal.value.own, refusal.value.below) == ("X", 10, 15)


def test_a_missing_parent_is_the_weighted_mean_of_what_lies_below():
    full = rolled_up({"X/A": Cell("X/A", 30, 60.0), "X/B/C": Cell("X/B/C", 10, 40.0)})
    assert full["X"] == Cell("X", 40, 55.0)
    assert full["X/B"] == Cell("X/B", 10, 40.0)


def test_a_parent_with_a_figure_of_its_own_keeps_it():
    given_ = {"X": Cell("X", 40, 50.0), "X/A": Cell("X/A", 30, 60.0)}
    assert rolled_up(given_) == given_


@given(trees(), st.integers(5, 8))
def test_only_k_or_more_answers_are_shown_and_only_below_what_is_shown(tree, k):
    shown = released(tree, k)
    nearest = parents(tree)
    assert all(tree[path].n >= k for path in shown)
    assert all(nearest[path] in shown for path in shown if nearest[path] is not None)


@exactly
@given(trees(), st.integers(5, 8))
def test_nothing_below_k_can_be_computed_from_what_is_shown(tree, k):
    assert not leaks(tree, released(tree, k), k)


@exactly
@given(trees(), st.integers(5, 8), st.data())
def test_the_quick_check_of_closure_agrees_with_the_exact_one(tree, k, data):
    shown = frozenset(data.draw(st.sets(st.sampled_from(sorted(tree)))))
    assert is_closed(tree, shown, k) is not leaks(tree, shown, k)


@given(trees(), st.data())
def test_means_take_no_part_in_what_is_shown(tree, data):
    others = {path: Cell(path, cell.n, data.draw(st.floats(0, 100))) for path, cell in tree.items()}
    assert released(tree, K) == released(others, K)


@given(trees())
def test_a_larger_k_never_shows_more(tree):
    assert len(released(tree, 8)) <= len(released(tree, 5))


def said(**figures: tuple[int, float]) -> dict[str, float | None]:
    """What is kept of cells of (answers, mean), with `__` for a slash: the mean of each path."""
    named = {path.replace("__", "/"): figure for path, figure in figures.items()}
    made = {path: Cell(path, n, mean) for path, (n, mean) in named.items()}
    return {path: cell.mean for path, cell in kept(made, K).items()}


@pytest.mark.parametrize(
    ("mean", "told"), [(0, 5), (0.4, 5), (5, 5), (60, 60), (95, 95), (99.8, 95), (100, 95)]
)
def test_a_mean_at_the_end_of_the_scale_is_a_band(mean, told):
    assert said(X=(5, mean)) == {"X": told}


@pytest.mark.parametrize("end", [0, 100])
def test_a_unit_of_one_voice_is_not_worked_out_from_those_beside_it(end):
    """The parent without B would be A, so B is counted with it."""
    mean = (end * 10 + 50 * 20) / 30
    assert said(X=(30, mean), X__A=(10, end), X__B=(20, 50)) == {"X": mean}


@pytest.mark.parametrize("end", [0, 100])
def test_people_of_one_voice_beside_shown_units_are_not_worked_out(end):
    """Ten directly in the parent said all the same; the smallest unit beside them is hidden with them."""
    mean = (end * 10 + 50 * 20 + 60 * 30) / 60
    figures = {"X": (60, mean), "X__A": (20, 50), "X__A__T": (9, 50), "X__B": (30, 60)}
    assert said(**figures) == {"X": mean, "X/B": 60}


@given(trees(), st.data())
def test_no_remainder_of_what_is_kept_is_of_one_voice(tree, data):
    """Means of the answers themselves, so that parents hold exactly what lies below them."""
    ends = st.sampled_from([0.0, 50.0, 100.0])
    direct = {path: data.draw(ends) for path in tree}
    atoms = remainder_of(tree)

    def total(path: str) -> float:
        return sum(
            n * direct[each]
            for each, n in atoms.items()
            if each == path or each.startswith(f"{path}/")
        )

    full = {path: Cell(path, c.n, total(path) / c.n if c.n else None) for path, c in tree.items()}
    shown = kept(full, K)
    assert shown.keys() <= released(full, K)
    assert is_closed(full, shown, K)
    nearest = parents(shown)
    for path in shown:
        children = [each for each, parent in nearest.items() if parent == path]
        n = full[path].n - sum(full[each].n for each in children)
        if n and children:
            rest = (total(path) - sum(total(each) for each in children)) / n
            assert 1 < rest < 99
        if nearest[path] is not None:
            assert 1 < total(path) / full[path].n < 99
        assert 5 <= (shown[path].mean or 0) <= 95
