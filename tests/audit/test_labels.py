"""What the log shows has a name for people: of the column it was taken from, or a word of its own."""

import pytest
from django.utils import translation

from audit.models import AuditEvent
from auditing.labels import TABLES
from auditing.queries import summary


@pytest.mark.django_db
def test_a_code_is_shown_by_its_word(plan):
    note = AuditEvent(action="note.submitted", after={"state": "submitted", "conclusion": "not_done"})
    judged = AuditEvent(
        action="recompute", after={"changes": [["I-07", "ahead", "slightly_behind"], ["I-02", "", "achieved"]]}
    )

    assert summary(note) == "状态：已提交；评估结论：未完成"
    assert summary(judged) == "变化：I-07 快于预期 → 偏慢；I-02 — → 已达目标"
    with translation.override("en"):
        assert "conclusion" in summary(note).lower()
        assert "slightly behind" in summary(judged).lower()


@pytest.mark.parametrize(
    "changes", [[["I-07", None, "ahead"]], [["I-07", "ahead"]], ["I-07", 7], ["I-07"], {"I-07": "ahead"}, "I-07"]
)
def test_changes_of_another_shape_are_shown_as_they_are(changes):
    """A log outlives the program that wrote it, and a restore brings that of others."""
    assert "I-07" in summary(AuditEvent(action="recompute", after={"changes": changes}))


def test_what_stands_before_the_dot_is_a_family_of_actions():
    from audit.wording import ACTIONS

    families = {action.partition(".")[0] for action in ACTIONS}
    assert TABLES.keys() <= families
