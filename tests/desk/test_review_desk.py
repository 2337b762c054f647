"""One list of everything that waits for a second person, decided one by one or, where it is quiet, together."""

import re
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from assessments.queries import findings_on
from audit.models import AuditEvent
from desk import releases
from evidence import services as evidence
from indicators.figures import workflow
from indicators.figures.grades import Grade, grades_of
from indicators.figures.workflow import FIGURES
from indicators.models import Observation
from indicators.targets import workflow as targets
from notices.models import Notice
from plan.models import Source
from plan.params import today
from review.kinds import BY_KEY
from tests.factories import make_component, make_item, make_observation, make_person
from tests.pace import costs_at_most
from tests.pending import fill_pending
from tests.plan.lives import Office
from updates import services as updates
from updates.models import StatusUpdate

pytestmark = pytest.mark.django_db
DESK = "/test-plan/review/"
PDF = b"%PDF-1.4\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
LIST = re.compile(r'<ol class="lines">(.*?)</ol>', re.DOTALL)
LINE = re.compile(r'href="/test-plan/review/(\w+)/(\d+)/(?:\?[^"]*)?"')
UNDO = re.compile(r'name="row" value="(\d+:\d+)"')


def lines(html: str) -> list[tuple[str, int]]:
    return [(kind, int(pk)) for block in LIST.findall(html) for kind, pk in LINE.findall(block)]


def at(row, kind="figure", rest=""):
    return f"{DESK}{kind}/{row.pk}/{rest}"


def act(client, row, name, kind="figure", **fields):
    row.refresh_from_db()
    return client.post(at(row, kind), {"act": name, "edition": row.edition} | fields)


def states(*rows):
    return [type(row).objects.get(pk=row.pk).state for row in rows]


@pytest.fixture
def enter(enter):
    """Each figure of a publication of its own; those of one are a line together."""
    number = count(1)

    def store(*args, **fields):
        fields.setdefault("source", Source.objects.keep(f"公报 {next(number)}"))
        return enter(*args, **fields)

    return store


@pytest.fixture
def release(enter, plan):
    """Two quiet figures and one far off, of one publication; entered by ana."""
    source = Source.objects.keep("2023年统计公报", "https://tjj.sz.gov.cn/1")
    parts = [make_component(plan, f"I-{number}") for number in (31, 32, 33)]
    rows = [enter(part=part, value=value, year=2021, source=source, submit=True)
            for part, value in zip(parts, ("120", "120", "9000"), strict=True)]  # fmt: skip
    return source, rows


def report(plan, by, code="P-1.1"):
    task = make_item(plan, code)
    row = updates.file_update(item=task, by=by, status_on=date(2023, 1, 1), status="on_schedule", done="已开工")
    return updates.submit_update(row, edition=row.edition, by=by)


# What a target asks for that turns a verdict.
LOOKED = {"looked": "on", "said": "与文件一致"}


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


@pytest.mark.breadth
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


@pytest.mark.breadth
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


@pytest.mark.breadth
def test_what_is_not_quiet_asks_for_a_reason(sign_in, enter):
    far = enter(value="9000", submit=True)
    rev = sign_in("rev")

    silent = act(rev, far, "approve")
    assert (silent.status_code, states(far)) == (400, ["submitted"])
    forced = rev.post(f"{DESK}chosen/", {"act": "approve", "pick": f"figure:{far.pk}:{far.edition}"})
    assert (forced.status_code, states(far)) == (409, ["submitted"])
    # The reason without its tick, and the tick without its reason.
    for half in ({"said": "已电话核对"}, {"looked": "on"}, {"looked": "on", "said": " \u3000"}):
        refused = act(rev, far, "approve", **half)
        assert (refused.status_code, states(far)) == (400, ["submitted"])
        html = refused.content.decode()
        assert "勾“已看过”并写明核对情况" in html
        assert ("checked" in re.search(r'<input[^>]*name="looked"[^>]*>', html)[0]) == ("looked" in half)
        assert (">已电话核对</textarea>" in html) == ("电话" in half.get("said", ""))
    act(rev, far, "approve", said="已电话核对", looked="on")

    assert states(far) == ["approved"]
    assert far.steps.get(action="approved").reason == "已电话核对"


def test_a_decision_is_taken_back_from_the_desk(sign_in, enter):
    row = enter(value="120", year=2021, submit=True)
    rev = sign_in("rev")
    act(rev, row, "approve")

    assert 'id="undo"' in rev.get(DESK).content.decode()
    row.refresh_from_db()
    rev.post(f"{DESK}figure/undo/", {"row": f"{row.pk}:{row.edition}"})

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


@pytest.mark.parametrize("is_closed", [False, True])
@pytest.mark.parametrize(
    ("kind", "brought", "writer"),
    [("target", "proposed", "bob"), ("note", "submitted", "eva"), ("finding", "responded", "own")],
)
def test_every_kind_can_be_asked_about_and_a_closed_account_is_said(settings, kind, brought, writer, is_closed):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    office = Office()
    life = office.life(kind)
    life.bring(brought)
    wrote = office.people[writer]
    wrote.is_active = not is_closed
    wrote.save()
    rev = Client()
    rev.force_login(office.people["rev"])

    html = rev.get(at(life.row, kind)).content.decode()
    edition = re.search(r'class="acts">.*?name="edition" value="(\d+)"', html, re.S)[1]
    asked = rev.post(at(life.row, kind), {"act": "ask", "edition": edition, "said": "依据呢？"}, follow=True)

    assert ("账号已停用" in html) == is_closed
    assert ("没有人会收到" in asked.content.decode()) == is_closed
    assert Notice.objects.filter(person=wrote, body="依据呢？").exists() != is_closed
    assert states(life.row) == [brought]
    if kind == "note" or is_closed:
        return
    page = Client()
    page.force_login(wrote)
    own = page.get(life_address(kind, life.row)).content.decode()
    assert "依据呢？" in own
    life.row.refresh_from_db()
    page.post(at(life.row, kind, "answer/"), {"edition": getattr(life.row, "edition", 0), "said": "见附件"})
    assert Notice.objects.filter(person=office.people["rev"], title__startswith="已答复", body="见附件").exists()
    if kind == "finding":
        assert "依据呢？" not in Client().get(life_address(kind, life.row)).content.decode()
        assert findings_on(office.plan, today()).get(pk=life.row.pk).state_then == "responded"


def life_address(kind, row):
    return BY_KEY[kind].life.address(type(row).objects.get(pk=row.pk))


@pytest.mark.breadth
def test_a_row_s_own_page_decides_by_the_same_bar_and_leads_on_to_the_rest(
    sign_in, plan, component, people, enter
):
    rows = fill_each_kind(plan, component, people, enter, 2)
    rev = sign_in("rev")
    for row, kind in zip(rows[:4], ("figure", "target", "update", "evidence"), strict=True):
        page = rev.get(life_address(kind, row)).content.decode()
        edition = re.search(r'class="acts">.*?name="edition" value="(\d+)"', page, re.S)[1]
        for act_name in ("approve", "return", "ask"):
            assert f'name="act" value="{act_name}"' in page, (kind, act_name)
        sent = {"act": "approve", "edition": edition, "alone": "1"} | (LOOKED if kind == "target" else {})
        done = rev.post(at(row, kind), sent, follow=True)
        html = done.content.decode()
        assert done.redirect_chain[-1][0] == f"{DESK}?kind={kind}"
        assert '<span class="sub num">1 / 1</span>' in html, kind
        assert {one for one, _pk in lines(html)} == {kind}
    assert "须由另一人核定" not in page
    rev.post(f"{DESK}chosen/", {"pick": f"update:{rows[6].pk}:{rows[6].edition}", "act": "approve"})
    nothing = rev.get(f"{DESK}?kind=update").content.decode()
    assert "这一类没有等待您处理的条目" in nothing
    assert "看其余 3 条" in nothing


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


def test_a_row_ticked_twice_is_one(sign_in, enter):
    one, two = enter(value="120", year=2021, submit=True), enter(value="125", submit=True)
    rev, pick = sign_in("rev"), f"figure:{one.pk}:{one.edition}"

    done = rev.post(f"{DESK}chosen/", {"act": "approve", "pick": [pick, pick]}, follow=True).content.decode()
    pick = f"figure:{two.pk}:{two.edition}"
    back = {"act": "return", "pick": [pick, pick], "said": "请附来源"}
    returned = rev.post(f"{DESK}chosen/", back, follow=True).content.decode()

    assert ("已核定 1 条" in done, "已退回 1 条" in returned) == (True, True)
    assert states(one, two) == ["approved", "returned"]


def test_a_refusal_names_the_figure_and_no_key(sign_in, enter, component):
    row = enter(value="121.5", year=2021, submit=True)

    late = sign_in("rev").post(f"{DESK}chosen/", {"act": "approve", "pick": f"figure:{row.pk}:{row.edition - 1}"})

    assert late.status_code == 409
    assert "I-01 2021 年 121.5 件：这条记录已被他人修改" in late.content.decode()


def test_a_figure_that_contradicts_a_bound_asks_for_a_look(sign_in, enter, component):
    make_observation(component, 2022, "126", released="2023-06-01", precision="lower_bound", exclusive=True)
    row = enter(value="125", submit=True)

    page = sign_in("rev").get(at(row)).content.decode()

    assert Grade.OUTLIER in grades_of(component.indicator.plan, [row])[row.pk]
    assert "2022 年已公布“&gt; 126”（2023-06-01），这个数不在其内" in page


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
        sent = {"act": "approve", "edition": edition} | (LOOKED if kind == "target" else {})
        assert rev.post(f"{DESK}{kind}/{pk}/", sent).status_code == 302
    assert states(*rows) == ["approved"] * 4


@pytest.mark.breadth
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


@pytest.mark.breadth
@pytest.mark.parametrize("number", [1, 3])
def test_the_desk_asks_as_often_for_three_of_each_as_for_one(
    plan, component, people, sign_in, enter, django_assert_max_num_queries, number
):
    fill_each_kind(plan, component, people, enter, number)
    client = sign_in("rev")
    client.get(DESK)

    with django_assert_max_num_queries(34):
        client.get(DESK)


@pytest.mark.breadth
def test_a_large_import_is_one_line_and_five_hundred_rows_are_quick(plan, component, people, sign_in, enter):
    fill_pending(plan, 5_000, by=people["ana"], name="大表.csv")
    fill_pending(plan, 500, by=people["bob"], name="小表.csv")
    rev = sign_in("rev")
    rev.get(DESK)

    with costs_at_most(2.5):
        html = rev.get(DESK).content.decode()

    assert len(lines(html)) <= 52
    assert "大表.csv" in html
    assert len(html) < 200_000


def picks(rows, *left_out, **more):
    said = {f"why-{rows[2].pk}": "已电话核对", f"looked-{rows[2].pk}": "on"} if rows[2] not in left_out else {}
    return {
        "act": "approve", "pick": [f"{row.pk}:{row.edition}" for row in rows], "out": [row.pk for row in left_out]
    } | said | more  # fmt: skip


@pytest.mark.breadth
def test_a_publication_is_one_line_and_one_decision(release, sign_in):
    source, rows = release
    rev = sign_in("rev")

    html = rev.get(DESK).content.decode()
    answer = rev.post(at(source, "release"), picks(rows))

    assert lines(html) == [("release", source.pk)]
    assert '<span class="sub num">1 / 1</span>' in html
    assert html.count('name="out"') == 3
    assert answer.status_code == 302
    assert states(*rows) == ["approved"] * 3
    assert rows[2].steps.get(action="approved").reason == "已电话核对"
    assert AuditEvent.objects.filter(action="figure.approved").count() == 1


@pytest.mark.breadth
def test_a_row_of_a_publication_is_left_out_with_a_reason(release, sign_in):
    source, rows = release
    rev = sign_in("rev")

    silent = rev.post(at(source, "release"), picks(rows, rows[2]))
    html = silent.content.decode()
    rev.post(at(source, "release"), picks(rows, rows[2], said="小数点有误"))

    assert (silent.status_code, "有不核定的数据时须写明理由" in html) == (400, True)
    assert re.search(rf'name="out"\s+value="{rows[2].pk}"[^>]*checked', html)
    assert states(*rows) == ["approved", "approved", "returned"]


@pytest.mark.breadth
def test_a_publication_asks_for_words_on_what_is_not_quiet(release, sign_in):
    source, rows = release
    rev, whole = sign_in("rev"), picks(rows)
    silent = rev.post(at(source, "release"), whole | {f"why-{rows[2].pk}": ""})
    half = {name: sent for name, sent in whole.items() if "looked" not in name}
    unticked = rev.post(at(source, "release"), half)

    assert (silent.status_code, unticked.status_code, states(*rows)) == (400, 400, ["submitted"] * 3)
    for refused in (silent, unticked):
        assert "I-33 2021（异常）" in refused.content.decode()
    assert f'name="looked-{rows[2].pk}" checked' in silent.content.decode()
    assert 'value="已电话核对"' in unticked.content.decode()


def test_a_figure_of_a_publication_is_looked_at_alone_and_leads_back(release, sign_in):
    source, rows = release
    html = sign_in("rev").get(at(rows[0])).content.decode()

    assert '<span class="sub num">1 / 1</span>' in html
    assert f'name="next" value="release:{source.pk}"' in html


def test_a_publication_is_taken_back_in_one_stroke_or_not_at_all(release, sign_in, people, plan):
    source, rows = release
    rev = sign_in("rev")
    rev.post(at(source, "release"), picks(rows))
    html = rev.get(DESK).content.decode()
    kept = UNDO.findall(html)

    assert len(kept) == 3
    assert "等 3 条" in html
    workflow.FIGURES.undo(
        Observation.objects.get(pk=rows[0].pk), edition=int(kept[0].split(":")[1]), by=people["rev"]
    )
    late = rev.post(f"{DESK}figure/undo/", {"row": kept})
    assert (late.status_code, states(*rows)) == (409, ["submitted", "approved", "approved"])
    again = UNDO.findall(late.content.decode())
    rev.post(f"{DESK}figure/undo/", {"row": again})

    assert states(*rows) == ["submitted"] * 3
    assert Notice.objects.filter(person=people["ana"], title__startswith="决定已撤销").count() == 3


def test_one_decided_after_another_is_taken_back_alone(enter, sign_in):
    one, two = enter(value="120", year=2021, submit=True), enter(value="120", year=2020, submit=True)
    rev = sign_in("rev")
    for row in (one, two):
        act(rev, row, "approve", said="已核对", looked="on")

    html = rev.get(DESK).content.decode()

    assert html.count("/figure/undo/") == 2


@pytest.mark.parametrize("way", ["returned", "chosen"])
def test_what_was_returned_together_is_taken_back_together(enter, sign_in, way, release):
    source, rows = release
    rev = sign_in("rev")
    if way == "returned":
        rev.post(at(source, "release"), picks(rows, said="请附原文") | {"act": "return"})
    else:
        chosen = [f"figure:{row.pk}:{row.edition}" for row in rows]
        silent = rev.post(f"{DESK}chosen/", {"pick": chosen, "act": "return", "said": " "})
        assert (silent.status_code, states(*rows)) == (409, ["submitted"] * 3)
        rev.post(f"{DESK}chosen/", {"pick": chosen, "act": "return", "said": "请附原文"})
    assert states(*rows) == ["returned"] * 3
    html = rev.get(DESK).content.decode()

    rev.post(f"{DESK}figure/undo/", {"row": UNDO.findall(html)})

    assert states(*rows) == ["submitted"] * 3


def test_what_rests_on_it_ends_the_undo_and_a_look_at_the_document_does_not(
    release, sign_in, people, settings, tmp_path
):
    settings.DATA_DIR = tmp_path
    source, rows = release
    kept = releases.attach(source, SimpleUploadedFile("公报.png", PNG, "image/png"), by=people["ana"])
    rev = sign_in("rev")
    rev.post(at(source, "release"), picks(rows))
    shown = rev.get(f"/test-plan/releases/{source.pk}/files/{kept.pk}/?show=1")
    body = b"".join(shown.streaming_content)
    editions = UNDO.findall(rev.get(DESK).content.decode())

    assert (body, shown["X-Frame-Options"]) == (PNG, "SAMEORIGIN")
    assert "inline" in shown["Content-Disposition"]
    first = rev.post(f"{DESK}figure/undo/", {"row": editions})
    assert first.status_code == 302
    rows = [Observation.objects.get(pk=row.pk) for row in rows]
    rev.post(at(source, "release"), picks(rows))
    sign_in("eva").get("/test-plan/indicators.csv").getvalue()
    editions = UNDO.findall(rev.get(DESK).content.decode())
    late = rev.post(f"{DESK}figure/undo/", {"row": editions})

    assert late.status_code == 409
    assert "导出或留存" in late.content.decode()
    assert states(*rows) == ["approved"] * 3


def test_a_document_stands_beside_the_figure_with_the_printed_phrase(release, sign_in, people, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    source, rows = release
    releases.attach(source, SimpleUploadedFile("公报.pdf", PDF, "application/pdf"), by=people["ana"])
    Observation.objects.filter(pk=rows[0].pk).update(published_text="1.2 百亿元")
    rev = sign_in("rev")

    whole, single = rev.get(DESK).content.decode(), rev.get(at(rows[0])).content.decode()

    for html in (whole, single):
        assert re.search(r'<iframe src="[^"]*/files/\d+/\?show=1" title="公报.pdf">', html)
        assert "1.2 百亿元" in html
        assert 'href="https://tjj.sz.gov.cn/1"' in html


def test_ready_reasons_stand_below_the_field(enter, sign_in):
    html = sign_in("rev").get(at(enter(submit=True))).content.decode()

    assert "口径或单位与指标不一致</button>" in html


def test_the_list_is_narrowed_by_unit_commitment_and_person(plan, enter, people, sign_in):
    first, second = enter("rep", submit=True), enter(year=2023, released="2024-05-01", submit=True)
    other = enter(part=make_component(plan, "I-02"), submit=True)
    told = report(plan, people["ana"])
    rev = sign_in("rev")

    def shown(query=""):
        return {pk for _kind, pk in lines(rev.get(DESK + query).content.decode())}

    assert shown() == {row.pk for row in (first, second, other, told)}
    for query, rows in (
        ("?organisation=own", [first, second]), ("?item=I-02", [other]), ("?by=rep", [first]),
        ("?by=ana&kind=update", [told]), ("?by=nobody", []), ("?item=P-1.1", [told]),
    ):  # fmt: skip
        assert shown(query) == {row.pk for row in rows}, query


@pytest.mark.breadth
def test_more_than_five_hundred_are_said_and_leafed_through(plan, component, people, sign_in):
    for number in range(3):
        fill_pending(plan, 400, by=people["ana" if number else "bob"], name=f"表{number}.csv")
    rev = sign_in("rev")

    first, last = rev.get(DESK).content.decode(), rev.get(f"{DESK}?part=3").content.decode()
    of_bob = rev.get(f"{DESK}?by=bob").content.decode()

    assert "等待核定的数据共 1,200 条" in first
    assert "第 1 批，共 3 批" in first
    assert "?part=2" in first
    assert "第 3 批，共 3 批" in last
    assert "条为一批列出" not in of_bob


@pytest.mark.breadth
def test_a_publication_of_more_than_five_hundred_says_what_is_shown_and_is_decided_part_by_part(
    plan, people, sign_in, component
):
    batch = fill_pending(plan, 620, by=people["ana"], name="长表")
    batch.counts["applied"] = 0  # as if it had been typed: no import to be decided as a whole
    batch.save()
    rev = sign_in("rev")
    source = Source.objects.get(title="长表 0")

    with costs_at_most(8):
        html = rev.get(at(source, "release")).content.decode()
    picked = re.findall(r'name="pick" value="(\d+:\d+)"', html.split('class="acts"')[1])
    done = rev.post(at(source, "release"), {"act": "return", "pick": picked, "said": "请附原文"}, follow=True)

    assert "等待核定的数据共 620 条" in html
    left = int(re.search(r"这一发布另有 (\d+) 条待核定不在此列", html)[1])
    assert len(picked) + left == 620
    assert Observation.objects.filter(source=source, state="returned").count() == len(picked)
    assert Observation.objects.filter(source=source, state="submitted").count() == left
    assert "条为一批列出" not in done.content.decode()


def test_six_hundred_reports_waiting_are_listed_fifty_at_a_time(plan, people, sign_in):
    task, now = make_item(plan, "P-1.1"), timezone.now()
    StatusUpdate.objects.bulk_create(
        StatusUpdate(
            item=task, status_on=date(2023, 1, 1) + timedelta(n), status="on_schedule", done=f"第{n}次",
            state="submitted", entered_by=people["ana"], submitted_at=now,
        )
        for n in range(600)
    )  # fmt: skip
    rev = sign_in("rev")
    rev.get(DESK)

    with costs_at_most(2.5):
        html = rev.get(f"{DESK}?kind=update&page=12").content.decode()

    assert '<span class="sub num">551 / 600</span>' in html
    assert len(lines(html)) == 50


def test_the_former_queue_leads_here(sign_in, enter):
    answer = sign_in("rev").get("/test-plan/data/review/?by=ana&indicator=I-01&page=3")

    assert answer.url == f"{DESK}?item=I-01&by=ana"
    assert sign_in("ana").get("/test-plan/data/review/").status_code == 403


def test_what_cannot_be_taken_back_says_so_first(sign_in, plan, component, people, enter):
    fill_each_kind(plan, component, people, enter, 1)
    rev = sign_in("rev")

    html = rev.get(f"{DESK}?kind=target").content.decode()

    assert "通过后目标自 2024-01-02 起改为 ≥ 210 件，" in html
    assert "不能撤销" in html.split('class="acts"')[1].split('<button name="act"')[0]


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
    assert rev.post(f"{DESK}chosen/", {"act": "approve"}).status_code == 409
    # Nothing is decided that nothing asked for.
    picked = {"pick": f"figure:{row.pk}:{row.edition}"}
    for sent in (picked, picked | {"act": ""}, picked | {"act": "ask"}):
        assert rev.post(f"{DESK}chosen/", sent).status_code == 400
    release = f"{DESK}release/{row.source_id}/"
    for sent in ({}, {"act": "ask", "said": "口径？"}):
        assert rev.post(release, {"pick": f"{row.pk}:{row.edition}"} | sent).status_code == 400
    assert Observation.objects.get(pk=row.pk).state == "submitted"
