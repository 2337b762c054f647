"""A correction of a published plan is a change with a cause: what, from what to what, and why."""

import pytest
from django.test import Client

from plan.models import Plan
from plan.params import today
from studio import held as content
from studio import publishing, services
from studio.models import DraftStep, PlanDraft, Publication
from tests.studio.scene import everything

pytestmark = pytest.mark.django_db
ROOT = "/some-30/"


@pytest.fixture
def corrected(draft, planner, second):
    row = publishing.submit(everything(draft, planner), reason="", by=planner)
    publishing.publish(row, edition=row.edition, by=second)
    row = PlanDraft.objects.get()
    keys = {one.code: key for key, one in row.held.items.items()}
    indicator = next(key for key, one in row.held.items.items() if one.title == "研发投入强度")

    def change(held):
        held = content.edit(held, keys["P-1.1"], title="集聚全球科研资源")
        held = content.edit(held, indicator, numbers=held.items[indicator].numbers | {"definition": "全社会口径"})
        return content.remove(held, [keys["P-1.1-01"]], reason="并入上级任务")

    row = services.change(row, change, action=DraftStep.Action.EDITED, by=planner)
    row = publishing.submit(row, reason="依市政府批复〔2026〕3号", by=planner)
    publishing.publish(row, edition=row.edition, by=second)
    return Plan.objects.get(slug="some-30")


@pytest.mark.breadth
def test_what_was_changed_and_why_is_on_the_page_of_changes(corrected, client):
    page = client.get(f"{ROOT}changes/?from=2026-01-01&cause=corrected_plan").content.decode()
    assert "标题 集聚科研资源 → 集聚全球科研资源" in page
    assert "定义 — → 全社会口径" in page
    assert "不再列出条目“国家应用数学中心”" in page
    assert page.count("依市政府批复〔2026〕3号") == 3
    assert "更正规划" in page


def test_feeds_files_api_and_history_tell_it(corrected, client):
    for address in ("changes.rss", "changes.atom", "changes.csv?from=2026-01-01", "changes.json?from=2026-01-01"):
        assert "依市政府批复〔2026〕3号" in client.get(ROOT + address).content.decode(), address
    told = client.get(f"/api/v1{ROOT}changes/?from=2026-01-01&cause=corrected_plan").json()
    assert {row["code"] for row in told["results"]} == {"P-1.1", "I-1", None}
    assert "集聚全球科研资源" in client.get(f"{ROOT}items/P-1.1/history/").content.decode()
    assert "全社会口径" in client.get(f"{ROOT}items/I-1/history/").content.decode()


@pytest.mark.breadth
def test_the_first_publication_is_no_change(draft, planner, second, client):
    row = publishing.submit(everything(draft, planner), reason="", by=planner)
    publishing.publish(row, edition=row.edition, by=second)
    assert not Publication.objects.get().is_correction
    assert Plan.objects.get(slug="some-30").corrected_on is None
    assert client.get(f"/api/v1{ROOT}changes/?from=2026-01-01").json()["count"] == 0


@pytest.mark.breadth
def test_before_the_correction_it_is_not_known(corrected):
    page = Client().get(f"{ROOT}changes/?from=2026-01-01&as_of=2026-03-02").content.decode()
    assert "依市政府批复" not in page
    assert corrected.corrected_on == today()


@pytest.mark.breadth
def test_publishing_again_without_a_change_is_none(corrected, planner, second):
    row = publishing.submit(PlanDraft.objects.get(), reason="再发布一次", by=planner)
    made = publishing.publish(row, edition=row.edition, by=second)
    assert not made.is_correction
    assert made.digest == Publication.objects.order_by("-id")[1].digest
