import re
from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings

from indicators.figures import workflow
from indicators.models import Observation
from indicators.services import recompute
from plan.models import Source
from plan.params import today
from tests.desk.conftest import ROOT
from tests.factories import make_component

pytestmark = pytest.mark.django_db


def typed(part, /, **fields):
    return {
        "component": part.pk,
        "year": "2022",
        "value": "1,50０",
        "value_status": "final",
        "precision": "exact",
        "released_on": "2023-05-01",
        "source": part.indicator.plan.source_id,
    } | fields


def test_a_link_of_the_work_list_fills_the_form(component, sign_in):
    html = sign_in("rep").get(f"{ROOT}figures/new/?component=I-01&year=2022").content.decode()

    assert f'<option value="{component.pk}" selected>' in html
    assert 'name="year" value="2022"' in html


def test_a_typed_figure_is_stored_as_a_draft(component, sign_in):
    answer = sign_in("rep").post(f"{ROOT}figures/new/", typed(component))

    row = component.observations.get(year=2022)
    assert answer.url == f"{ROOT}figures/{row.pk}/"
    assert (row.value, row.state, row.entered_by.username) == (1500, "draft", "rep")


def test_a_new_source_is_stored_with_its_figure(component, sign_in):
    source = {
        "source": "",
        "source_title": "统计公报",
        "source_publisher": "统计局",
        "source_number": "深统〔2023〕1号",
    }

    sign_in("ana").post(f"{ROOT}figures/new/", typed(component, submit="1", **source))

    row = component.observations.get(year=2022)
    assert (row.state, row.source.title, row.source.publisher) == ("submitted", "统计公报", "统计局")


def test_a_multiple_is_converted_and_its_reading_shown(component, sign_in):
    client = sign_in("ana")

    hint = client.get(f"{ROOT}figures/hint.json?component={component.pk}&year=2022&value=0.015万件").json()
    answer = client.post(f"{ROOT}figures/new/", typed(component, submit="1", value="0.015万件"), follow=True)

    row = component.observations.get(year=2022)
    assert (row.value, row.precision, row.published_text) == (150, "rounded", "0.015万件")
    assert hint["lines"][0]["text"] == "“0.015万件”读作 150 件"
    assert "“0.015万件”读作 150 件" in answer.content.decode()


def test_a_bound_is_asked_about_and_taken_as_chosen(component, sign_in):
    client, fields = sign_in("ana"), typed(component, submit="1", value="突破150件")

    asked = client.post(f"{ROOT}figures/new/", fields)
    page = asked.content.decode()
    stale = client.post(f"{ROOT}figures/new/", fields | {"reading": "0:突破140件"})
    client.post(f"{ROOT}figures/new/", fields | {"reading": "0:突破150件"})

    assert 'name="reading" value="0:突破150件"' in page
    assert "下限表述，不含本数" in page
    assert "请选定怎么读" in stale.content.decode()
    row = component.observations.get(year=2022)
    assert (row.value, row.precision, row.exclusive) == (150, "lower_bound", True)
    assert row.published_text == "突破150件"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"value": "约2.47万"}, "这是大约的说法：24700"),
        ({"value": "很多"}, "不是数字"),
        ({"value": ""}, "请填写这一项"),
        ({"value": "9" * 61}, "60"),
        ({"year": "2024"}, "数据年份晚于公布日期"),
        ({"released_on": "2099-01-01"}, "公布日期晚于今天"),
        ({"source": ""}, "没有来源的数不收"),
        ({"source": "999999"}, "没有这个选项，请从列表中选一个"),
        ({"source": "", "source_title": "x", "source_url": "no address"}, "开头的网址"),
        ({"component": "0"}, "没有这个选项，请从列表中选一个"),
        ({"value_status": "guess"}, "guess"),
    ],
)
def test_a_fault_is_said_at_its_field_and_nothing_typed_is_lost(component, sign_in, fields, words):
    answer = sign_in("ana").post(f"{ROOT}figures/new/", typed(component, note="我的说明", **fields))

    html = answer.content.decode()
    assert words in html
    assert "我的说明" in html
    assert not component.observations.filter(year=2022).exists()
    assert not Source.objects.filter(title="x").exists()


def test_the_same_release_twice_is_refused_in_place(component, sign_in, enter):
    enter(value="150")

    html = sign_in("ana").post(f"{ROOT}figures/new/", typed(component)).content.decode()

    assert "同一来源同一天已有 2022 年的数 150" in html
    assert component.observations.filter(year=2022).count() == 1


def test_a_reporter_sees_and_enters_only_its_own(component, sign_in, enter):
    row = enter("rep")
    far = sign_in("far")

    assert far.get(f"{ROOT}figures/{row.pk}/").status_code == 403
    assert far.post(f"{ROOT}figures/{row.pk}/withdraw/", {"edition": 1}).status_code == 403
    assert "没有这个选项，请从列表中选一个" in far.post(f"{ROOT}figures/new/", typed(component)).content.decode()
    assert Observation.objects.get(pk=row.pk).state == "draft"


@pytest.mark.parametrize(
    ("who", "step", "status"),
    [("rep", "take_out", 403), ("eva", "withdraw", 403), ("rev", "withdraw", 403), ("ana", "keep_in", 403)],
)
def test_a_step_asks_for_its_permission(sign_in, enter, who, step, status):
    row = enter(submit=True)

    assert sign_in(who).post(f"{ROOT}figures/{row.pk}/{step}/", {"edition": row.edition}).status_code == status


def test_steps_are_no_links(sign_in, enter):
    assert sign_in("ana").get(f"{ROOT}figures/{enter().pk}/withdraw/").status_code == 405


def test_the_life_of_a_figure_from_the_buttons(component, plan, sign_in, enter):
    row = enter("rep")
    rep, rev = sign_in("rep"), sign_in("rev")

    def press(client, address, **fields):
        edition = Observation.objects.get(pk=row.pk).edition
        return client.post(address, {"edition": edition} | fields, follow=True)

    page, desk = f"{ROOT}figures/{row.pk}/", f"/test-plan/review/figure/{row.pk}/"
    press(rep, page, **typed(component, submit="1"))
    press(rep, f"{page}withdraw/")
    press(rep, page, **typed(component, submit="1"))
    assert press(rev, desk, act="return", said=" ").status_code == 400
    press(rev, desk, act="return", said="口径不符")
    returned = rep.get(f"{ROOT}figures/{row.pk}/").content.decode()
    edition = Observation.objects.get(pk=row.pk).edition
    rep.post(f"{ROOT}figures/{row.pk}/", typed(component, value="151", edition=edition, submit="1"))
    press(rev, desk, act="approve", looked="on", said="已核对")
    shown = rev.get(page).content.decode()

    assert "口径不符" in returned
    assert "快于预期" in shown
    assert "结论的变化" in shown
    assert f'data-stored="{ROOT}figures/{row.pk}/verdict.json"' in shown
    stored = Observation.objects.get(pk=row.pk)
    assert (stored.state, stored.value) == ("approved", 151)
    assert rev.get(f"{ROOT}figures/{row.pk}/verdict.json").json()["stored"] is False
    recompute(plan, as_of=today(), cause="test")
    assert rev.get(f"{ROOT}figures/{row.pk}/verdict.json").json()["stored"] is True
    assert "修改这一条" not in re.findall(
        r"<h2[^>]*>([^<]*)", rep.get(f"{ROOT}figures/{row.pk}/").content.decode()
    )
    assert rep.post(f"{ROOT}figures/{row.pk}/", typed(component)).status_code == 409


def test_whoever_wrote_it_finds_no_button_to_approve(sign_in, enter):
    row = enter("ana")
    changed = workflow.change_figure(row, edition=1, by=row.entered_by, value=Decimal(155))
    row = enter("both", year=2023, released="2024-05-01", submit=True)

    html = sign_in("both").get(f"{ROOT}figures/{row.pk}/").content.decode()

    assert changed.edition == 2
    assert "须由另一人核定" in html
    assert 'value="approve"' not in html
    pressed = {"act": "approve", "edition": row.edition}
    assert sign_in("both").post(f"/test-plan/review/figure/{row.pk}/", pressed).status_code == 403


def test_the_second_editor_sees_both_versions_and_loses_nothing(component, people, sign_in, enter):
    row = enter("ana")
    workflow.change_figure(row, edition=1, by=people["bob"], value=Decimal("152"))
    ana, mine = sign_in("ana"), typed(component, value="153", note="我的说明", edition=1)

    clash = ana.post(f"{ROOT}figures/{row.pk}/", mine)
    html = clash.content.decode()
    stored = Observation.objects.get(pk=row.pk)
    again = ana.post(f"{ROOT}figures/{row.pk}/", mine | {"edition": 2})

    assert clash.status_code == 409
    assert "还没有保存" in html
    assert re.search(r'data-label="您填写的">153</td><td [^>]*data-label="现在的内容">152', html)
    assert 'name="edition" value="2"' in html
    assert "我的说明" in html
    assert stored.value == 152
    assert again.status_code == 302
    assert Observation.objects.get(pk=row.pk).value == 153


def test_what_was_handed_in_meanwhile_is_shown_beside_what_was_typed(component, people, sign_in, enter):
    row = enter("ana")
    client = sign_in("bob")
    client.get(f"{ROOT}figures/{row.pk}/")
    workflow.submit_figure(row, edition=1, by=people["ana"])

    answer = client.post(f"{ROOT}figures/{row.pk}/", typed(component, value="153", edition=1))

    assert answer.status_code == 409
    assert "153" in answer.content.decode()
    assert Observation.objects.get(pk=row.pk).value == 150


def test_a_button_pressed_on_an_old_page_is_refused_in_words(people, sign_in, enter):
    row = enter("ana")
    workflow.change_figure(row, edition=1, by=people["bob"], value=Decimal("152"))

    html = sign_in("ana").post(f"{ROOT}figures/{row.pk}/discard/", {"edition": 1}, follow=True).content.decode()

    assert "这条记录已被他人修改" in html
    assert Observation.objects.get(pk=row.pk).state == "draft"


def test_a_draft_is_discarded_once(sign_in, enter):
    row = enter("ana")
    ana = sign_in("ana")

    first = ana.post(f"{ROOT}figures/{row.pk}/discard/", {"edition": 1})

    assert first.url == ROOT
    assert ana.post(f"{ROOT}figures/{row.pk}/discard/", {"edition": 1}).status_code == 404
    assert not Observation.objects.filter(pk=row.pk).exists()


def test_a_figure_that_was_returned_once_is_not_discarded(people, sign_in, enter):
    row = enter("ana", submit=True)
    row = workflow.return_figure(row, edition=row.edition, by=people["rev"], reason="x")
    row = workflow.submit_figure(row, edition=row.edition, by=people["ana"])
    row = workflow.withdraw_figure(row, edition=row.edition, by=people["ana"])

    sign_in("ana").post(f"{ROOT}figures/{row.pk}/discard/", {"edition": row.edition})

    assert [step.action for step in row.steps.all()][2] == "returned"
    assert Observation.objects.filter(pk=row.pk).exists()


def test_hints_say_the_change_and_question_what_is_far_off(component, sign_in):
    def lines(value):
        query = f"?component={component.pk}&year=2022&value={value}"
        return sign_in("ana").get(f"{ROOT}figures/hint.json{query}").json()["lines"]

    assert lines("126")[0]["text"] == "2021 年为 120，变化 +6 件（+5 %）"
    assert [line["warning"] for line in lines("500")] == [False, True, False]
    assert "读作 10,000 件" in lines("1万")[0]["text"]
    assert lines("")[0]["warning"] is True
    far = sign_in("far").get(f"{ROOT}figures/hint.json?component={component.pk}&year=2022&value=1").json()
    assert far["lines"] == []
    assert "120" not in far["recent"]


def test_another_plans_figure_is_not_found(plan, component, sign_in, enter):
    assert sign_in("ana").get(f"/no-plan/data/figures/{enter().pk}/").status_code == 404
    assert sign_in("ana").get(f"{ROOT}figures/999999/").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_of_a_figure_stays_within_its_budget(
    plan, component, sign_in, enter, django_assert_max_num_queries, number
):
    for at in range(1, number):
        make_component(plan, f"I-0{at + 1}")
    row = enter("ana")
    client = sign_in("ana")

    with django_assert_max_num_queries(18):
        assert client.get(f"{ROOT}figures/{row.pk}/").status_code == 200


def in_per_cent(component):
    component.indicator.unit = component.indicator.unit_en = "%"
    component.indicator.save()
    return component


def test_a_share_beyond_100_is_questioned_and_kept(component, sign_in):
    part = in_per_cent(component)
    ana = sign_in("ana")
    query = f"?component={part.pk}&year=2022&value="

    lines = ana.get(f"{ROOT}figures/hint.json{query}130").json()["lines"]
    fair = ana.get(f"{ROOT}figures/hint.json{query}99").json()["lines"]
    ana.post(f"{ROOT}figures/new/", typed(part, value="130", submit="1"))

    assert [line["text"] for line in lines if line["warning"]] == ["百分比一般在 0 到 100 之间，请核对"]
    assert not any(line["warning"] for line in fair)
    assert part.observations.get(year=2022).state == "submitted"


def test_a_share_beyond_100_is_questioned_where_no_year_can_be_compared(plan, sign_in):
    part = in_per_cent(make_component(plan, "I-02", base=None))

    answer = sign_in("ana").get(f"{ROOT}figures/hint.json?component={part.pk}&year=2022&value=250")

    assert [line["warning"] for line in answer.json()["lines"]] == [True, False]


def test_beside_the_form_stands_what_was_published_of_the_chosen_component(plan, component, sign_in):
    empty, ana = make_component(plan, "I-02"), sign_in("ana")

    def recent(query):
        return ana.get(f"{ROOT}figures/hint.json?component={query}").json()["recent"]

    bare = ana.get(f"{ROOT}figures/new/").content.decode().partition("data-recent")[2].partition("</aside>")[0]
    assert "先选分项" in bare
    assert "暂无数据" not in bare
    assert "先选分项" in recent("")
    assert '<td class="n">120</td>' in recent(component.pk)
    assert "暂无数据" in recent(empty.pk)


def test_a_release_before_its_source_is_refused_in_place(component, sign_in):
    source = component.indicator.plan.source
    source.published_on = date(2023, 10, 30)
    source.save()

    html = sign_in("ana").post(f"{ROOT}figures/new/", typed(component)).content.decode()

    assert "公布日期 2023-05-01 早于来源的发布日期 2023-10-30" in html
    assert not component.observations.filter(year=2022).exists()


def test_buttons_are_verbs_in_english(sign_in, enter):
    row, rev = enter(submit=True), sign_in("rev")
    rev.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    html = rev.get(f"{ROOT}figures/{row.pk}/").content.decode()

    assert '<h2 id="decide">Approve</h2>' in html
    assert re.search(r'value="approve"[^>]*>\s*Approve\s*</button>', html)
    assert '<button class="quiet" name="act" value="return">Return</button>' in html
    assert ">Review desk</a>" in html


def test_what_excludes_its_number_is_typed_stored_and_read_back(component, sign_in):
    ana = sign_in("ana")
    bound = typed(component, precision="lower_bound", exclusive="on", published_text="突破1500件")

    ana.post(f"{ROOT}figures/new/", bound)
    row = component.observations.get(year=2022)
    html = ana.get(f"{ROOT}figures/{row.pk}/").content.decode()
    refused = ana.post(f"{ROOT}figures/new/", typed(component, year="2021", exclusive="on"))

    assert (row.precision, row.exclusive, row.limit_sign) == ("lower_bound", True, ">")
    assert re.search(r'name="exclusive"[^>]* checked', html)
    assert "只有下限、上限表述才有不含本数之说" in refused.content.decode()
    assert not component.observations.filter(year=2023).exists()


def test_a_final_figure_of_a_year_that_is_not_over_is_asked_about(component, sign_in):
    rep, early = sign_in("rep"), {"year": "2023", "value": "130", "released_on": "2023-07-20"}

    asked = rep.post(f"{ROOT}figures/new/", typed(component, **early))
    html = asked.content.decode()
    assert not component.observations.filter(year=2023).exists()
    rep.post(f"{ROOT}figures/new/", typed(component, **early | {"value_status": "preliminary"}))
    rep.post(f"{ROOT}figures/new/", typed(component, **early | {"settled": "on", "released_on": "2023-07-21"}))

    assert "2023 年在公布时还没有结束：请选初步，或在下面确认已成定局" in html
    assert 'name="settled"' in html
    assert 'name="settled"' not in rep.get(f"{ROOT}figures/new/").content.decode()
    assert sorted(component.observations.filter(year=2023).values_list("value_status", flat=True)) == [
        "final",
        "preliminary",
    ]


def test_what_is_no_year_is_answered_with_one(component, sign_in):
    html = sign_in("rep").post(f"{ROOT}figures/new/", typed(component, year="20²3")).content.decode()

    assert "请填四位年份，例如 2023" in html
    assert "例如 12" not in html
