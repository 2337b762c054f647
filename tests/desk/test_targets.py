from decimal import Decimal

import pytest

from audit.models import AuditEvent
from indicators.models import Target
from indicators.targets import workflow
from indicators.targets.doubts import doubts_about_target
from tests.desk.conftest import ROOT
from tests.indicators.test_revisions import ACT

pytestmark = pytest.mark.django_db
FORM = {
    "type": "point",
    "value": "2,20",
    "year": "2025",
    "text": "220",
    "effective_on": "2024-07-01",
    "approving_body": "市政府",
    "document_number": "深府〔2024〕1号",
    "document_date": "2024-06-01",
    "reason": "中期评估",
}


LOOKED = {"act": "approve", "looked": "on", "said": "与文件一致"}


def decided(target) -> str:
    return f"/test-plan/review/target/{target.pk}/"


@pytest.fixture
def proposal(component, people):
    return workflow.propose_target(
        component=component, by=people["ana"], type="point", value=Decimal(180), year=2025, **ACT
    )


def test_a_proposal_is_made_and_approved_from_the_pages(component, sign_in):
    ana, rev = sign_in("ana"), sign_in("rev")
    wrong = ana.post(f"{ROOT}targets/new/?component=I-01", FORM | {"component": component.pk})
    ana.post(f"{ROOT}targets/new/", FORM | {"component": component.pk, "value": "２２０"})
    target = component.targets.get(state="proposed")

    page = rev.get(f"{ROOT}targets/{target.pk}/").content.decode()
    done = rev.post(decided(target), LOOKED | {"edition": 1}, follow=True).content.decode()

    assert wrong.status_code == 400
    assert "“2,20”：" in wrong.content.decode()
    assert "要求提高" in page
    assert "已通过：I-01" in done
    assert Target.objects.get(pk=target.pk).version == 2


@pytest.mark.breadth
def test_the_indicator_page_tells_versions_act_and_ambition(component, sign_in, client, proposal, people):
    page = "/test-plan/indicators/I-01/"
    before, desk = client.get(page).content.decode(), sign_in("rep").get(page).content.decode()
    workflow.approve_target(proposal, latest_version=1, by=people["rev"], reason="与文件一致")
    after = client.get(page).content.decode()

    assert "深府〔2024〕1号" not in before
    assert "深府〔2024〕1号" in desk
    assert "待核定" in desk
    assert after.index("规划原定") < after.index("第 2 版")
    for words in ("深府〔2024〕1号", "中期评估", "要求放宽", "2024-07-01", "已被替代", "现行"):
        assert words in after
    assert "深府〔2024〕1号" not in client.get(f"{page}?as_of=2024-05-31").content.decode()
    assert "尚未生效" in client.get(f"{page}?as_of=2024-06-15").content.decode()


@pytest.mark.breadth
def test_a_refusal_needs_its_reason(sign_in, proposal):
    rev = sign_in("rev")

    silent = rev.post(decided(proposal), {"act": "return", "said": ""})
    rev.post(decided(proposal), {"act": "return", "said": "文号有误"})

    assert (silent.status_code, "不通过须写明理由" in silent.content.decode()) == (400, True)
    assert "文号有误" in sign_in("ana").get(f"{ROOT}targets/{proposal.pk}/").content.decode()
    late = rev.post(decided(proposal), {"act": "approve", "edition": 1})
    assert (late.status_code, "不能再次处理" in late.content.decode()) == (409, True)


def test_a_newer_version_since_the_page_was_read_is_told(component, people, sign_in, proposal):
    other = workflow.propose_target(
        component=component, by=people["ana"], type="point", value=Decimal(190), year=2025, **ACT
    )
    workflow.approve_target(other, latest_version=1, by=people["rev"], reason="两条已比较")

    html = sign_in("rev").post(decided(proposal), {"act": "approve", "edition": 1}).content.decode()

    assert "已更新为第 2 版" in html
    assert Target.objects.get(pk=proposal.pk).state == "proposed"


@pytest.mark.parametrize(("who", "status"), [("rep", 403), ("rev", 403), ("ana", 200)])
def test_only_analysts_propose(component, sign_in, who, status):
    assert sign_in(who).get(f"{ROOT}targets/new/").status_code == status


def test_the_list_names_open_and_decided_ones(component, sign_in, proposal, people):
    rev = sign_in("rev")
    before = rev.get(f"{ROOT}targets/").content.decode()
    workflow.approve_target(proposal, latest_version=1, by=people["rev"], reason="与文件一致")
    after = rev.get(f"{ROOT}targets/").content.decode()

    assert "还没有调整过目标" in before
    assert "没有待核定的提议" in after
    for html in (before, after):
        assert "≥ 200 → ≥ 180" in html.replace("&gt;", ">")


def test_the_plans_own_target_has_no_page_of_a_proposal(component, sign_in):
    own = component.targets.get(version=1)

    assert sign_in("rev").get(f"{ROOT}targets/{own.pk}/").status_code == 404


def test_whoever_proposed_finds_no_button(people, sign_in, component):
    target = workflow.propose_target(
        component=component, by=people["both"], type="point", value=Decimal(180), year=2025, **ACT
    )

    html = sign_in("both").get(f"{ROOT}targets/{target.pk}/").content.decode()

    assert "须由另一人核定" in html
    assert 'value="approve"' not in html
    assert sign_in("both").post(decided(target), {"act": "approve", "edition": 1}).status_code == 403


def test_yearly_targets_are_written_read_and_shown(component, sign_in):
    ana = sign_in("ana")
    twice = ana.post(f"{ROOT}targets/new/", FORM | {"component": component.pk, "value": "220",
                                                    "path": "2021=110；2021=120"})  # fmt: skip
    late = ana.post(f"{ROOT}targets/new/", FORM | {"component": component.pk, "value": "220", "path": "2031=110"})
    done = ana.post(
        f"{ROOT}targets/new/",
        FORM | {"component": component.pk, "value": "220", "path": "2021=110; 2023年＝130"},
        follow=True,
    )

    assert "2021 年写了两次" in twice.content.decode()
    assert "不在基期年与目标年之间" in late.content.decode()
    assert component.targets.get(state="proposed").path == {"2021": "110", "2023": "130"}
    assert "2021=110；2023=130" in done.content.decode()


def test_a_target_the_base_meets_or_that_differs_from_its_wording_is_asked_about(component, people, sign_in):
    below = workflow.propose_target(
        component=component, by=people["ana"], type="point", value=Decimal(90), year=2025, **ACT | {"text": "9.0"}
    )
    page = sign_in("rev").get(f"{ROOT}targets/{below.pk}/").content.decode()

    assert "基期值 100 已好于目标" in page
    assert "目标值 90 与文件中的写法“9.0”不一致" in page


# What is doubted → value and wording of the proposal, and how many others wait beside it.
DOUBTED = {
    "基期已达到": ("100", "100", 0),
    "与写法不一致": ("201", "210", 0),
    "另有待核定提议": ("201", "201", 1),
    "结论改变": ("180", "180", 0),
}


@pytest.mark.parametrize("grade", DOUBTED)
def test_a_doubted_target_is_looked_at_by_itself_and_what_was_found_is_kept(component, people, sign_in, grade):
    value, text, others = DOUBTED[grade]
    fields = {"component": component, "by": people["ana"], "type": "point", "year": 2025}
    target = workflow.propose_target(**fields, value=Decimal(value), **ACT | {"text": text})
    for _ in range(others):
        workflow.propose_target(**fields, value=Decimal(202), **ACT | {"text": "202"})
    rev = sign_in("rev")
    page = rev.get(decided(target)).content.decode()
    approve = {"act": "approve", "edition": 1}

    silent = rev.post(decided(target), approve)
    unticked = rev.post(decided(target), approve | {"said": "与文件一致"})
    unsaid = rev.post(decided(target), approve | {"looked": "on", "said": " "})
    chosen = rev.post("/test-plan/review/chosen/", {"act": "approve", "pick": f"target:{target.pk}:1"})

    assert f'<span class="tag warn">{grade}</span>' in page
    assert 'name="looked" required' in page
    assert f'name="pick" value="target:{target.pk}' not in page
    assert {silent.status_code, unticked.status_code, unsaid.status_code} == {400}
    assert chosen.status_code == 403
    assert grade in unticked.content.decode().split('id="faults"')[1].split("</section>")[0]
    assert "与文件一致</textarea>" in unticked.content.decode()
    target.refresh_from_db()
    assert (target.state, target.decision_reason) == ("proposed", "")
    assert rev.post(decided(target), LOOKED | {"edition": 1}).status_code == 302
    target.refresh_from_db()
    assert (target.state, target.version, target.decision_reason) == ("approved", 2, "与文件一致")
    assert "与文件一致" in rev.get(f"{ROOT}targets/{target.pk}/").content.decode()
    assert AuditEvent.objects.get(action="target.approved").after["decision_reason"] == "与文件一致"


def test_a_quiet_target_is_approved_without_words(component, people, sign_in):
    target = workflow.propose_target(
        component=component, by=people["ana"], type="point", value=Decimal(201), year=2025, **ACT | {"text": "201"}
    )
    rev = sign_in("rev")

    assert 'name="looked"' not in rev.get(decided(target)).content.decode()
    assert rev.post(decided(target), {"act": "approve", "edition": 1}).status_code == 302
    assert Target.objects.get(pk=target.pk).version == 2


@pytest.mark.breadth
@pytest.mark.parametrize(
    ("unit", "typed", "text", "stored"),
    [
        ("家", "2.2万", "突破 2.2 万家", "22000"),
        ("亿元", "1.1万亿", "达 1.1 万亿元", "11000"),
        ("万亿元", "1.1", "达 1.1 万亿元", "1.1"),
    ],
)
def test_a_number_in_a_multiple_of_the_unit_is_converted(component, sign_in, unit, typed, text, stored):
    component.indicator.unit = unit
    component.indicator.save()
    asked = FORM | {"component": component.pk, "value": typed, "text": text, "path": f"2023={typed}"}

    page = sign_in("ana").post(f"{ROOT}targets/new/", asked, follow=True).content.decode()

    target = component.targets.get(state="proposed")
    assert (target.value, target.path) == (Decimal(stored), {"2023": stored})
    assert "不一致" not in page


@pytest.mark.parametrize("text", ["2.2万", "≥22,000", "22000家以上"])
def test_a_number_written_otherwise_is_the_same_number(component, people, text):
    fields = ACT | {"text": text}
    target = workflow.propose_target(
        component=component, by=people["ana"], type="point", value=Decimal(22000), year=2025, **fields
    )

    assert not any("写法" in words for words in doubts_about_target(target))


def test_done_or_not_has_no_number(component, people):
    target = workflow.propose_target(
        component=component, by=people["ana"], type="done", value=Decimal(5), year=2025, **ACT
    )

    assert (target.value, target.low, target.high) == (None, None, None)
