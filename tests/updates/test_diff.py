from updates.diff import Piece, pieces


def test_texts_are_told_piece_by_piece():
    assert pieces("已开工。", "已封顶。") == [
        Piece("已"),
        Piece("开工", "gone"),
        Piece("封顶", "new"),
        Piece("。"),
    ]


def test_nothing_gone_and_nothing_new_leave_no_empty_pieces():
    assert pieces("", "新") == [Piece("新", "new")]
    assert pieces("旧", "") == [Piece("旧", "gone")]
    assert pieces("", "") == []


def test_long_texts_are_shown_whole():
    assert pieces("a" * 3000, "b") == [Piece("a" * 3000, "gone"), Piece("b", "new")]
