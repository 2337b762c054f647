"""Kinds of a draft: renamed, added and taken out on their pages, and kept by the folder."""

import pytest

from plan.models import Plan
from studio import publishing
from studio.models import PlanDraft
from tests.factories import make_person
from tests.studio.scene import TEXT
from tests.studio.test_pages import FORM, signed_in

pytestmark = pytest.mark.django_db
ROOT = "/studio/some-31/kinds/"


@pytest.fixture
def planner():
    client = signed_in("maker")
    client.post("/studio/", FORM | {"template": "action-plan"})
    client.post("/studio/some-31/text/", {"raw": TEXT, "edition": 1, "then": "text"})
    return client


def held():
    return PlanDraft.objects.get(slug="some-31").held


def edition() -> int:
    return PlanDraft.objects.get(slug="some-31").edition


def kind(key: str) -> dict:
    return next(kind for kind in held().kinds if kind["key"] == key)


def test_a_kind_is_renamed_and_says_where_it_is_shown(planner):
    page = planner.get(ROOT)
    assert "重点任务" in page.content.decode()
    form = {
        "name": "主要任务",
        "name_en": "Main task",
        "plural": "",
        "prefix": "A",
        "menu": "on",
        "reported": "on",
    }
    answer = planner.post(f"{ROOT}action/", form | {"edition": edition()})
    assert answer.status_code == 302
    assert (kind("action")["name"], kind("action")["menu"], kind("action")["wall"]) == ("主要任务", True, False)
    planner.post("/studio/some-31/undo/", {"to": "kinds"})
    assert kind("action")["name"] == "重点任务"


def test_a_kind_is_added_below_itself_and_taken_out_again(planner):
    form = {"key": "step", "name": "分步", "parents": ["measure", "+", "-"], "reported": "on", "prefix": "X"}
    assert planner.post(ROOT, form | {"edition": edition()}).status_code == 302
    assert kind("step")["parents"] == ["measure", "step", ""]
    assert "去掉这一类别" in planner.get(f"{ROOT}step/").content.decode()
    planner.post(f"{ROOT}step/", {"then": "drop", "edition": edition()})
    assert "step" not in [one["key"] for one in held().kinds]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"key": "Step", "name": "分步"}, "小写英文字母"),
        ({"key": "measure", "name": "分步"}, "已有代号为 measure 的类别"),
        ({"key": "step", "name": ""}, "名称"),
        ({"key": "step", "name": "分步", "prefix": "9"}, "一至六个英文字母"),
        ({"key": "step", "name": "分步", "due": "on"}, "须由责任单位填报"),
        ({"key": "step", "name": "分步", "entry": "on", "parents": ["measure"]}, "不选上级"),
        ({"key": "step", "name": "分步", "parents": ["nothing"]}, "上级类别"),
    ],
)
def test_what_is_no_kind_is_said_at_its_field(planner, form, said):
    before = held().kinds
    answer = planner.post(ROOT, form | {"edition": edition()})
    assert (answer.status_code, said in answer.content.decode()) == (400, True)
    assert held().kinds == before


def test_what_items_need_stays(planner):
    planner.post(f"{ROOT}measure/", {"then": "drop", "edition": edition()})
    assert kind("measure")["name"] == "举措"


def test_a_prefix_that_codes_in_use_do_not_begin_with_is_refused():
    """T-01 of the first plan is an indicator beside I-01."""
    client = signed_in("other")
    publishing.take_up(Plan.objects.get(slug="sz-sti-14"), by=make_person("taker", "planner"))
    row = PlanDraft.objects.get(slug="sz-sti-14")
    form = {"name": "战略平台", "prefix": "Q", "edition": row.edition}
    answer = client.post("/studio/sz-sti-14/kinds/platform/", form)
    assert "已有编码 P-1 不以它开头" in answer.content.decode()
    assert client.post(
        "/studio/sz-sti-14/kinds/indicator/", {"name": "主要指标", "prefix": "I", "edition": row.edition}
    )
    assert publishing.folder_faults(PlanDraft.objects.get(slug="sz-sti-14").held) == []
