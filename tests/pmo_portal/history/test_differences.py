from hypothesis import given, strategies as st

from pmo_portal.history.differences import Piece, pieces


def test_words_that_changed_stand_beside_those_that_did_not():
    found = pieces("double work for some staff", "double work for up to 212 people")
    assert found[0] == Piece("same", "double work for ")
    assert Piece("removed", "some") in found
    assert next(piece.text for piece in found if piece.kind == "added").startswith("up")


def test_a_text_that_appears_or_disappears_is_one_piece():
    assert pieces("", "new") == [Piece("added", "new")]
    assert pieces("old", "") == [Piece("removed", "old")]
    assert pieces("", "") == []


@given(st.text(max_size=200), st.text(max_size=200))
def test_both_texts_can_be_read_back(before, after):
    found = pieces(before, after)
    assert "".join(p.text for p in found if p.kind != "added") == before
    assert "".join(p.text for p in found if p.kind != "removed") == after
