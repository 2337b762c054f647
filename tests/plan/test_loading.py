"""The files of a plan change under an installation that is in use: nothing anybody entered goes with them."""

from datetime import date
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.http import QueryDict
from django.urls import reverse

from accounts.models import Organisation, User
from assessments.models import Assignment, Note, Round
from audit.models import AuditEvent
from desk.models import ImportBatch, ImportRow
from evidence.models import PublicEvidence
from following.models import Follow
from indicators.models import (
    Component,
    ComponentName,
    Indicator,
    NoFigure,
    Observation,
    Target,
    Verdict,
    VerdictChange,
)
from plan.keeping import WouldLose, from_fixtures, kept_with, relations, remove
from plan.models import FormerCode, Industry, Item, Paragraph, Plan, RefusedLoad, Section, Source, TextNote
from reports.datasets import read_definition
from talk.models import Thread
from tests.conftest import FOLDER
from tests.factories import make_observation, make_person
from tests.plan import small
from updates.models import StatusUpdate

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    return small.write(tmp_path / "small")


@pytest.fixture
def loaded(folder):
    """The small plan, loaded, with a figure that two people stand for."""
    load(folder)
    enter(Component.objects.get(code="I-02", indicator__plan__slug="small"), 2023, "15")
    return Plan.objects.get(slug="small")


def load(folder, *options):
    out, err = StringIO(), StringIO()
    call_command("load_plan", str(folder), *options, stdout=out, stderr=err)
    return out.getvalue() + err.getvalue()


def refused(folder, *options):
    with pytest.raises(CommandError) as caught:
        load(folder, *options)
    return str(caught.value)


def enter(component, year, value, **fields):
    return make_observation(component, year, value, entered_by=person("ana"), approved_by=person("bo"), **fields)


def person(name):
    return User.objects.filter(username=name).first() or make_person(name, "analyst", "reviewer")


def renamed(folder, *, plan=small.PLAN, part="I-03"):
    """I-02 under another code, with its row of the published figures."""
    moved = small.indicator("I-03", part, "乙数", "乙数达到20件", "件", "20")
    figures = (small.FIGURES[0], f"I-03,{part},件,2022,12,final,2023-02-01,公报")
    return small.write(folder, indicators=(small.FIRST, moved), figures=figures, plan=plan)


def codes(plan):
    return [item.code for item in plan.items.order_by("code")]


def test_a_code_changed_without_a_word_is_refused_and_named(loaded, folder):
    words = refused(renamed(folder))

    assert "I-02" in words
    assert "观测值 2" in words
    assert '"I-02" = "I-03"' in words
    assert codes(loaded) == ["G-1", "I-01", "I-02", "P-1", "P-1.1", "P-1.2"]
    assert Observation.objects.filter(component__code="I-02", component__indicator__plan=loaded).count() == 2


@pytest.mark.breadth
def test_a_declared_rename_keeps_the_rows_and_their_history(loaded, folder):
    item, component = loaded.items.get(code="I-02"), Component.objects.get(code="I-02", indicator__plan=loaded)
    before = list(component.observations.order_by("pk").values_list("pk", "value", "entered_by", "approved_by"))

    said = load(renamed(folder, plan=small.with_tables(renames={"I-02": "I-03"})))

    assert "I-02 → I-03" in said
    assert loaded.items.get(code="I-03").pk == item.pk
    component.refresh_from_db()
    assert component.code == "I-03"
    assert (
        list(component.observations.order_by("pk").values_list("pk", "value", "entered_by", "approved_by"))
        == before
    )
    told = AuditEvent.objects.filter(action="load_plan", plan_slug="small").order_by("-pk")[:2]
    assert told[0].after["components"]["renamed"] == told[1].after["renamed"] == [["I-02", "I-03"]]
    assert "0 行写入" in load(folder)


@pytest.mark.breadth
def test_a_component_alone_may_be_renamed(loaded, folder):
    moved = small.indicator("I-02", "I-02a", "乙数", "乙数达到20件", "件", "20")
    figures = (small.FIGURES[0], "I-02,I-02a,件,2022,12,final,2023-02-01,公报")
    words = refused(small.write(folder, indicators=(small.FIRST, moved), figures=figures))
    plan = small.with_tables(renames={"I-02": "I-02a"})
    load(small.write(folder, indicators=(small.FIRST, moved), figures=figures, plan=plan))

    assert '"I-02" = "I-02a"' in words
    component = Component.objects.of(loaded).get(code="I-02a")
    assert component.observations.count() == 2
    assert Component.objects.filter(indicator__code="I-02", indicator__plan=loaded).count() == 1


def test_the_old_address_leads_to_the_new_one(loaded, folder, client):
    load(renamed(folder, plan=small.with_tables(renames={"I-02": "I-03"})))

    for name in ("plan:item", "indicators:detail"):
        answer = client.get(reverse(name, args=["small", "I-02"]) + "?as_of=2024-01-01")
        assert answer.status_code == 302
        assert answer["Location"] == "/small/indicators/I-03/?as_of=2024-01-01"
    assert client.get("/api/v1/small/items/I-02/").json()["code"] == "I-03"


def test_a_saved_report_goes_on_with_the_new_code(loaded, folder):
    load(renamed(folder, plan=small.with_tables(renames={"I-02": "I-03"})))

    assert read_definition(QueryDict("codes=I-01 I-02"), loaded).codes == ("I-01", "I-03")


@pytest.mark.parametrize(
    ("renames", "reason"),
    [
        ({"I-02": "I-09"}, "新编码在文件中不存在"),
        ({"I-01": "I-02"}, "旧编码仍在使用"),
        ({"X-1": "X-2", "X-2": "X-1"}, "改名成环"),
        ({"X-1": ""}, "新编码应为文字"),
    ],
)
def test_a_bad_rename_is_refused_in_words(folder, renames, reason):
    words = refused(small.write(folder, plan=small.with_tables(renames=renames)))

    assert f"plan.toml: renames.{next(iter(renames))}: {reason}" in words


def test_renames_may_follow_each_other_over_the_years(loaded, folder):
    renames = small.with_tables(renames={"I-07": "I-02", "I-02": "I-03"})

    load(renamed(folder, plan=renames))

    assert codes(loaded)[1:3] == ["I-01", "I-03"]


def test_a_rename_onto_a_code_in_use_is_refused(loaded, folder):
    load(small.write(folder, safeguards=(small.SAFEGUARD, small.item("G-2", "safeguard", "庚合作", "推进庚合作"))))
    gone = small.write(
        folder,
        safeguards=(small.item("G-2", "safeguard", "庚合作", "推进庚合作"),),
        plan=small.with_tables(renames={"G-1": "G-2"}),
    )

    words = refused(gone)

    assert "renames.G-1: G-2 已是另一条目" in words
    assert codes(loaded)[:2] == ["G-1", "G-2"]


def test_two_items_of_one_code_are_named(folder):
    again = small.item("G-1", "safeguard", "庚合作", "推进庚合作")

    assert "safeguards.toml: G-1: 编码重复" in refused(small.write(folder, safeguards=(small.SAFEGUARD, again)))


def test_two_components_of_one_code_are_named(folder):
    again = small.indicator("I-02", "I-01", "乙数", "乙数达到20件", "件", "20")

    assert "I-01: 分项编码重复" in refused(small.write(folder, indicators=(small.FIRST, again)))


@pytest.mark.breadth
def test_an_item_that_nothing_hangs_on_goes(loaded, folder):
    said = load(small.write(folder, safeguards=()))

    assert "移除 / removed G-1" in said
    assert not loaded.every_item.filter(code="G-1").exists()


def test_an_indicator_with_figures_is_retired_and_comes_back(loaded, folder, client):
    without = {"indicators": (small.FIRST,), "figures": small.FIGURES[:1]}
    said = load(small.write(folder, **without))

    item = loaded.every_item.get(code="I-02")
    assert "停用 / retired I-02：其下保留 观测值 2" in said
    assert item.retired_on is not None
    assert item.retired_reason == "规划文件不再列出这一编码"
    assert "I-02" not in codes(loaded)
    assert "0 行写入" in load(folder)
    for page in ("indicators/", "items/", "", "text/", "search/?q=乙数", "indicators.csv", "wall/"):
        assert "乙数</a>" not in client.get(f"/small/{page}").content.decode(), page
    assert [row["code"] for row in client.get("/api/v1/small/indicators/").json()["results"]] == ["I-01"]
    assert client.get("/api/v1/small/items/").json()["count"] == 5
    assert client.get("/api/v1/small/items/I-02/").status_code == 410

    load(small.write(folder))
    item.refresh_from_db()
    assert (item.retired_on, item.retired_reason) == (None, "")
    assert Component.objects.of(loaded).get(code="I-02").observations.count() == 2


@pytest.mark.breadth
@pytest.mark.parametrize("address", ["items/I-02/", "indicators/I-02/"])
def test_the_page_of_a_retired_item_says_so_and_shows_what_is_kept(loaded, folder, client, address):
    reason = small.with_tables(retired={"I-02": "修订后的规划取消了这一指标"})
    load(small.write(folder, indicators=(small.FIRST,), figures=small.FIGURES[:1], plan=reason))

    answer = client.get(f"/small/{address}")

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "修订后的规划取消了这一指标" in page
    assert "观测值 2" in page
    assert "15" in page
    assert client.get("/small/items/I-02/history/").status_code == 200


def test_a_retired_code_that_is_listed_is_refused(folder):
    words = refused(small.write(folder, plan=small.with_tables(retired={"I-02": "取消"})))

    assert "plan.toml: retired.I-02: 编码仍在文件中" in words


def test_a_child_that_moved_is_not_taken_along_by_its_old_parent(loaded, folder):
    other = small.item("P-2", "platform", "庚合作", "推进庚合作")
    moved = small.item("P-1.1", "platform_task", "丁研究", "开展丁研究", "P-2")
    study = loaded.items.get(code="P-1.1").pk

    load(small.write(folder, platforms=(other, moved)))

    assert codes(loaded)[-2:] == ["P-1.1", "P-2"]
    assert loaded.items.get(code="P-1.1").pk == study


def test_a_parent_stays_with_a_child_that_has_history(loaded, folder):
    loaded.items.filter(code="P-1.1").update(lead=Organisation.objects.create(code="u", name="单位"))

    load(small.write(folder, platforms=()))

    retired = loaded.every_item.exclude(retired_on=None)
    assert sorted(retired.values_list("code", "parent__code")) == [("P-1", None), ("P-1.1", "P-1")]
    assert not loaded.every_item.filter(code="P-1.2").exists()


def test_a_retired_item_lets_go_of_words_the_text_has_no_more(loaded, folder, client):
    loaded.items.filter(code="G-1").update(lead=Organisation.objects.create(code="u", name="单位"))
    text = small.TEXT.replace("完善己制度。", "")

    load(small.write(folder, safeguards=(), text=text))

    item = loaded.every_item.get(code="G-1")
    assert item.paragraph is None
    assert client.get("/small/items/G-1/").status_code == 200


def test_an_indicator_with_figures_does_not_become_something_else(loaded, folder):
    task = small.item("I-02", "safeguard", "乙数", "乙数达到20件").replace('section = "2"', 'section = "1"')

    words = refused(small.write(folder, indicators=(small.FIRST,), safeguards=(task,), figures=small.FIGURES[:1]))

    assert "I-02: 原为指标，其下已有 观测值 2" in words
    assert loaded.items.get(code="I-02").kind == Item.Kind.INDICATOR


@pytest.mark.parametrize("state", ["draft", "submitted", "returned"])
def test_a_figure_somebody_is_entering_is_left_to_that_person(loaded, folder, state):
    part = Component.objects.of(loaded).get(code="I-01")
    mine = make_observation(part, 2023, "7", released="2024-02-01", state=state, entered_by=person("ana"))
    row = "I-01,I-01,%,2023,7.5,final,2024-02-01,Release of 2024-02-01"

    said = load(small.write(folder, figures=(*small.FIGURES, row)))

    assert "I-01 2023 7.5：同一发布已有人录入 7" in said
    mine.refresh_from_db()
    assert (mine.value, mine.state) == (7, state)


def test_a_dry_run_lists_everything_and_stores_nothing(loaded, folder):
    new = small.item("G-2", "safeguard", "庚制度", "推进庚合作")
    other = small.STUDY.replace("P-1.1 in English", "Study D")
    small.write(
        folder,
        indicators=(small.FIRST,),
        figures=small.FIGURES[:1],
        safeguards=(new,),
        platforms=(small.PLATFORM, other),
    )
    audit = AuditEvent.objects.count()

    said = load(folder, "--dry-run")

    for words in (
        "停用 / retired I-02",
        "移除 / removed G-1",
        "移除 / removed P-1.2",
        "新增 / added G-2",
        "改动 / changed P-1.1：title_en",
    ):
        assert words in said
    assert codes(loaded) == ["G-1", "I-01", "I-02", "P-1", "P-1.1", "P-1.2"]
    assert AuditEvent.objects.count() == audit


def test_a_dry_run_of_what_is_refused_says_so_and_fails(loaded, folder):
    assert "I-02" in refused(renamed(folder), "--dry-run")
    assert not RefusedLoad.objects.exists()


def test_a_start_goes_on_with_the_old_plan_and_says_so_until_the_files_are_right(loaded, folder, client):
    said = load(renamed(folder), "--or-keep")

    assert "网站以原有内容启动" in said
    assert '"I-02" = "I-03"' in said
    assert AuditEvent.objects.filter(action="load_plan", outcome="failed", object_code="small").count() == 1
    facts = client.get("/readyz").json()["refused_plans"]
    assert facts[0]["folder"] == "small"
    assert facts[0]["faults"] == 1
    load(small.write(folder))
    assert client.get("/readyz").json()["refused_plans"] == []


# What hangs on a row: each relation of the spine, made once. A relation added later has to be added here.


def a_round(item):
    day = date(2024, 3, 31)
    days = {"starts_on": date(2023, 1, 1), "ends_on": date(2023, 12, 31), "cut_off": day, "due_on": day}
    return Round.objects.create(plan=item.plan, code="2023", kind=Round.Kind.ANNUAL, name="2023", **days)


def an_update(item):
    unit = Organisation.objects.create(code="u", name="单位")
    StatusUpdate.objects.create(
        item=item,
        organisation=unit,
        entered_by=person("ana"),
        status_on=date(2023, 6, 30),
        status="on_schedule",
        done="做了",
    )


def a_statement(item):
    source = Source.objects.create(title="新闻")
    PublicEvidence.objects.create(item=item, source=source, says="started", fact="在建", entered_by=person("ana"))


def a_target(component):
    act = {"approving_body": "市政府", "document_number": "1", "reason": "调整"}
    days = {"document_date": date(2023, 1, 1), "effective_on": date(2023, 1, 1)}
    target = {"type": "point", "value": 30, "year": 2025, "text": "30"}
    Target.objects.create(
        component=component, state="proposed", proposed_by=person("ana"), **target, **act, **days
    )


def a_verdict_change(component):
    verdict = Verdict.objects.filter(component=component).first()
    VerdictChange.objects.create(component=component, after=verdict, cause="test")


def an_import_row(component):
    plan = component.indicator.plan
    batch = ImportBatch.objects.create(plan=plan, uploaded_by=person("ana"), name="a.csv", stored_as="a", size=1)
    ImportRow.objects.create(batch=batch, line=2, outcome="new", component=component)


ENTERED = {
    ("evidence.PublicEvidence", "item"): a_statement,
    ("updates.StatusUpdate", "item"): an_update,
    ("assessments.Assignment", "item"): lambda item: Assignment.objects.create(
        round=a_round(item), item=item, evaluator=person("ana"), due_on=date(2024, 1, 1)
    ),
    ("assessments.Note", "item"): lambda item: Note.objects.create(
        round=a_round(item), item=item, author=person("ana")
    ),
    ("following.Follow", "item"): lambda item: Follow.objects.create(
        person=person("ana"), plan=item.plan, item=item
    ),
    ("talk.Thread", "item"): lambda item: Thread.objects.create(plan=item.plan, item=item, keeper=person("ana")),
    ("plan.Item_supporting", "item"): lambda item: item.supporting.add(
        Organisation.objects.create(code="s", name="配合")
    ),
    ("indicators.Observation", "component"): lambda part: make_observation(part, 2021, "3", state="draft"),
    ("indicators.NoFigure", "component"): lambda part: NoFigure.objects.create(
        component=part, year=2022, kind="not_published", reason="年鉴未列", answered_by=make_person("n", "analyst")
    ),
    ("indicators.Target", "component"): a_target,
    ("indicators.VerdictChange", "component"): a_verdict_change,
    ("indicators.VerdictChange", "before"): a_verdict_change,
    ("indicators.VerdictChange", "after"): a_verdict_change,
    ("desk.ImportRow", "component"): an_import_row,
    ("indicators.ComponentName", "component"): lambda part: ComponentName.objects.create(
        plan=part.indicator.plan, component=part, name="俗称", key="俗称"
    ),
}
SPINE = (Item, Indicator, Component, Verdict, Section, Paragraph, Industry, TextNote)


def hanging():
    """Every relation of the spine's own tables whose rows are not all the loader's."""
    found = {}
    for model in SPINE:
        for field in relations(model):
            loaded = from_fixtures(field.model)
            if loaded is None or loaded:
                found[field.model._meta.label, field.name] = model
    return found


def test_the_spine_is_every_table_the_loader_writes():
    written = {model for model in apps.get_models(include_auto_created=True) if from_fixtures(model) is not None}
    # A statement is no longer the files' from a person's first step with it (tests/evidence/test_loading.py).
    walked = {Target, FormerCode, PublicEvidence, *SPINE}
    leaves = {model for model in written if not [*relations(model)]}

    assert written - walked - leaves == set()


def test_every_relation_of_the_spine_has_a_case_here():
    assert set(hanging()) == set(ENTERED)


@pytest.mark.parametrize("relation", sorted(ENTERED), ids=".".join)
def test_what_people_entered_keeps_its_item_or_component(folder, relation):
    load(small.write(folder, figures=()))
    plan = Plan.objects.get(slug="small")
    model = hanging()[relation]
    part = Component.objects.of(plan).get(code="I-02")
    on_item = model in (Item, Indicator)
    ENTERED[relation](plan.items.get(code="I-02") if on_item else part)
    table = apps.get_model(relation[0])
    before = set(table.objects.values_list("pk", flat=True))

    said = load(small.write(folder, indicators=(small.FIRST,), figures=()))

    assert "retired I-02" in said
    assert set(table.objects.values_list("pk", flat=True)) == before
    assert plan.every_item.get(code="I-02").retired_on is not None


@pytest.mark.breadth
@pytest.mark.parametrize("field", Item.GIVEN)
def test_what_people_gave_an_item_keeps_it(loaded, folder, field):
    given = {"lead": lambda: Organisation.objects.create(code="u", name="单位"), "weight": lambda: 2}
    loaded.items.filter(code="G-1").update(**{field: given[field]()})

    load(small.write(folder, safeguards=()))

    assert loaded.every_item.get(code="G-1").retired_on is not None


def test_a_deletion_that_would_lose_something_is_refused_before_it_begins(loaded):
    component = Component.objects.of(loaded).get(code="I-02")

    with pytest.raises(WouldLose, match="观测值"):
        remove([component])

    assert component.observations.count() == 2
    assert kept_with(Component.objects.filter(pk=component.pk))[component.pk]


@pytest.mark.breadth
def test_what_hung_on_a_reading_that_was_corrected_stays(plan):
    """The plan's own folder: an area was a project once more, and 新理科 a project without its verb."""
    unit = Organisation.objects.create(code="u", name="单位")
    task, below = plan.items.get(code="P-3.9"), plan.items.get(code="P-3.9-08")
    fields = {"plan": plan, "section": task.section, "paragraph": task.paragraph, "kind": "project"}
    twice = Item.objects.create(
        code="P-3.9-07", parent=task, title="国家高新区宝安园区西乡铁仔山片区", quote=below.quote, lead=unit,
        start=below.start, end=below.end, order=900_000, title_en="Xixiang Tiezaishan", **fields,
    )  # fmt: skip
    plan.items.filter(code="A-06.3-01").update(kind="project", title="新理科", lead=unit)

    load(FOLDER)

    twice.refresh_from_db()
    kept = plan.items.get(code="A-06.3-01")
    assert twice.retired_on is not None
    assert "C-06.2" in twice.retired_reason
    assert (kept.kind, kept.title, kept.lead) == ("point", "推进“新理科”建设", unit)
