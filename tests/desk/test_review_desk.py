"""One list of everything that waits for a second person, decided one by one or, where it is quiet, together."""

import re
import time
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from audit.models import AuditEvent
from evidence import services as evidence
from indicators.figures import workflow
from indicators.figures.workflow import FIGURES
from indicators.models import Observation
from indicators.targets import workflow as targets
from notices.models import Notice
from tests.factories import make_component, make_item, make_person
from tests.pending import fill_pending
from tests.plan.lives import Office
from updates import services as updates

pytestmark = pytest.mark.django_db
DESK = "/test-plan/review/"
LINE = re.compile(r'href="/test-plan/review/(\w+)/(\d+)/"')


def lines(html: str) -> list[tuple[str, int]]:
    listed = html.split('class="lines"', 1)[1] if 'class="lines"' in html else ""
    return [(kind, int(pk)) for kind, pk in LINE.findall(listed.split('class="onward"')[0])]


def at(row, kind="figure", rest=""):
    return f"{DESK}{kind}/{row.pk}/{rest}"


def act(client, row, name, kind="figure", **fields):
    row.refresh_from_db()
    return client.post(at(row, kind), {"act": name, "edition": row.edition} | fields)


def states(*rows):
    return [type(row).objects.get(pk=row.pk).state for row in rows]


def report(plan, by, code="P-1.1"):
    task = make_item(plan, code)
    row = updates.file_update(item=task, by=by, status_on=date(2023, 1, 1), status="on_schedule", done="已开工")
    return updates.submit_update(row, edition=row.edition, by=by)


def fill_each_kind(plan, component, people, enter, number: int):
    """So many of each: figures, targets, reports, statements."""
    rows = []
    for n in range(number):
        part = make_component(plan, f"I-{n + 10}")
        rows.append(enter(part=part, value="120", year=2021, submit=True))
        rows.append(
            targets.propose_target(
                component=part, by=people["ana"], type="point", value=Decimal(210 + n), year=2025,
                text=str(210 + n),
                effective_on=date(2024, 1, 2), approving_body="市政府", document_number=f"{n}号",
                document_date=date(2024, 1, 1), reason="评估",
            )
        )  # fmt: skip
        rows.append(report(plan, people["ana"], f"P-2.{n + 1}"))
        said = evidence.enter_evidence(
            by=people["ana"], item=rows[-1].item, source=plan.source, published_on=plan.source.published_on
            or date(2024, 1, 1), says="built", fact="已建成",
        )  # fmt: skip
        rows.append(evidence.submit_evidence(said, edition=said.edition, by=people["ana"]))
    return rows


def test_flagged_come_first_then_turns_then_the_quiet(sign_in, enter, plan, people):
    quiet = enter(value="120", year=2021, submit=True)
    turn = enter(value="122", year=2022, submit=True)
    far = enter(value="9000", year=2023, released="2024-05-01", submit=True)
    told = report(plan, people["ana"])

    html = sign_in("rev").get(DESK).content.decode()

    assert lines(html) == [("figure", far.pk), ("figure", turn.pk), ("figure", quiet.pk), ("update", told.pk)]
    assert '<span class="sub num">1 / 4</span>' in html
    picks = re.findall(r'name="pick"\s+value="(\w+:\d+):', html)
    assert picks == [f"figure:{quiet.pk}", f"update:{told.pk}"]


def test_a_decision_opens_the_next(sign_in, enter):
    one, two = enter(value="120", year=2021, submit=True), enter(value="140", submit=True)
    rev = sign_in("rev")

    html = rev.get(at(one)).content.decode()
    following = re.search(r'name="next" value="([^"]*)"', html.split('class="acts"')[1])[1]
    answer = act(rev, one, "approve", next=following)

    assert answer.status_code == 302
    assert answer.url == at(two)
    assert states(one, two) == ["approved", "submitted"]
    assert "2 / 2" not in rev.get(answer.url).content.decode()


def test_what_is_not_quiet_asks_for_a_reason(sign_in, enter):
    far = enter(value="9000", submit=True)
    rev = sign_in("rev")

    silent = act(rev, far, "approve")
    assert (silent.status_code, states(far)) == (400, ["submitted"])
    forced = rev.post(f"{DESK}chosen/", {"pick": f"figure:{far.pk}:{far.edition}"})
    assert (forced.status_code, states(far)) == (409, ["submitted"])
    act(rev, far, "approve", said="已电话核对")

    assert states(far) == ["approved"]
    assert far.steps.get(action="approved").reason == "已电话核对"


def test_a_decision_is_taken_back_from_the_desk(sign_in, enter):
    row = enter(value="120", year=2021, submit=True)
    rev = sign_in("rev")
    act(rev, row, "approve")

    assert 'id="undo"' in rev.get(DESK).content.decode()
    act(rev, row, "undo")

    assert states(row) == ["submitted"]
    assert 'id="undo"' not in rev.get(DESK).content.decode()
    assert AuditEvent.objects.filter(action="figure.undone").count() == 1


def test_a_question_is_asked_and_answered_without_returning(sign_in, enter, people):
    row = enter(submit=True)
    rev, ana = sign_in("rev"), sign_in("ana")

    silent = act(rev, row, "ask", said=" ")
    act(rev, row, "ask", said="口径是全社会吗？")
    notice = Notice.objects.get(person=people["ana"])
    page = ana.get(f"/test-plan/data/figures/{row.pk}/").content.decode()
    row.refresh_from_db()
    ana.post(at(row, rest="answer/"), {"edition": row.edition, "said": "是"})

    assert silent.status_code == 400
    assert (notice.body, states(row)) == ("口径是全社会吗？", ["submitted"])
    assert "口径是全社会吗？" in page
    assert 'name="said"' in page
    assert Notice.objects.filter(person=people["rev"], title__startswith="已答复").count() == 1
    assert FIGURES.open_question(row) is None
    assert sign_in("far").post(at(row, rest="answer/"), {"said": "x"}).status_code == 404


def test_a_closed_account_is_said(sign_in, enter, people):
    row = enter(submit=True)
    people["ana"].is_active = False
    people["ana"].save()
    rev = sign_in("rev")

    assert "账号已停用" in rev.get(at(row)).content.decode()
    act(rev, row, "ask", said="口径？")
    assert "没有人会收到" in rev.get(DESK).content.decode()
    assert row.steps.filter(action="asked").exists()


def test_two_reviewers_and_a_row_withdrawn_while_open(sign_in, enter, people):
    make_person("cal", "reviewer")
    row = enter(value="120", year=2021, submit=True)
    seen = row.edition
    rev = sign_in("rev")
    workflow.withdraw_figure(row, edition=row.edition, by=people["ana"])

    late = rev.post(at(row), {"act": "approve", "edition": seen})

    assert late.status_code == 409
    assert "已不在待处理之列" in late.content.decode()
    assert states(row) == ["draft"]


def test_ones_own_is_not_listed_and_not_decided(sign_in, enter):
    own = enter("both", submit=True)
    both = sign_in("both")

    html = both.get(DESK).content.decode()

    assert lines(html) == []
    assert "由您录入或写过" in html
    assert act(both, own, "approve", said="x").status_code == 403


def test_every_kind_is_approved_from_the_desk(sign_in, plan, component, people, enter):
    rows = fill_each_kind(plan, component, people, enter, 1)
    rev = sign_in("rev")
    html = rev.get(DESK).content.decode()

    assert {kind for kind, _pk in lines(html)} == {"figure", "target", "update", "evidence"}
    for kind, pk in lines(html):
        page = rev.get(f"{DESK}{kind}/{pk}/").content.decode()
        edition = re.search(r'class="acts">.*?name="edition" value="(\d+)"', page, re.S)[1]
        assert rev.post(f"{DESK}{kind}/{pk}/", {"act": "approve", "edition": edition}).status_code == 302
    assert states(*rows) == ["approved"] * 4


def test_notes_are_decided_here_as_well(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    office = Office()
    note = office.life("note")
    note.bring("submitted")
    rev = Client()
    rev.force_login(office.people["rev"])
    page = rev.get(DESK).content.decode()
    assert ("note", note.row.pk) in lines(page)
    act(rev, note.row, "ask", "note", said="依据呢？")
    act(rev, note.row, "approve", "note")

    assert states(note.row) == ["published"]
    assert note.row.comments.get().text == "依据呢？"


@pytest.mark.parametrize("number", [1, 3])
def test_the_desk_asks_as_often_for_three_of_each_as_for_one(
    plan, component, people, sign_in, enter, django_assert_max_num_queries, number
):
    fill_each_kind(plan, component, people, enter, number)
    client = sign_in("rev")
    client.get(DESK)

    with django_assert_max_num_queries(52):
        client.get(DESK)


def test_a_large_import_is_one_line_and_five_hundred_rows_are_quick(plan, component, people, sign_in, enter):
    fill_pending(plan, 5_000, by=people["ana"], name="大表.csv")
    fill_pending(plan, 500, by=people["bob"], name="小表.csv")
    rev = sign_in("rev")
    rev.get(DESK)

    started = time.process_time()
    html = rev.get(DESK).content.decode()
    seconds = time.process_time() - started

    assert seconds < 2.5
    assert len(lines(html)) <= 52
    assert "大表.csv" in html
    assert len(html) < 200_000


@pytest.mark.parametrize("pick", ["", "figure", "figure:1", "house:1:1", "figure:x:1"])
def test_a_pick_that_is_no_row_is_named(sign_in, pick):
    assert sign_in("rev").post(f"{DESK}chosen/", {"pick": pick}).status_code == 400


def test_addresses_that_lead_nowhere(sign_in, enter):
    row = enter(submit=True)
    rev = sign_in("rev")

    assert rev.get(f"{DESK}house/1/").status_code == 404
    assert rev.get(f"{DESK}figure/999999/").status_code == 404
    assert rev.post(at(row), {"act": "burn", "edition": 1}).status_code == 400
    assert rev.get(f"{DESK}?kind=house").status_code == 400
    assert rev.post(f"{DESK}chosen/", {}).status_code == 409
    assert Observation.objects.get(pk=row.pk).state == "submitted"
