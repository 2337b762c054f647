from updates.diff import DiffPiece, pieces


def test_texts_are_told_piece_by_piece():
    assert pieces("已开工。", "已封顶。") == [
        DiffPiece("已"),
        DiffPiece("开工", "gone"),
        DiffPiece("封顶", "new"),
        DiffPiece("。"),
    ]


def test_nothing_gone_and_nothing_new_leave_no_empty_pieces():
    assert pieces("", "新") == [DiffPiece("新", "new")]
    assert pieces("旧", "") == [DiffPiece("旧", "gone")]
    assert pieces("", "") == []


def test_long_texts_are_shown_whole():
    assert pieces("a" * 3000, "b") == [DiffPiece("a" * 3000, "gone"), DiffPiece("b", "new")]
