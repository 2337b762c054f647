from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import Organisation
from assessments import findings, notes
from assessments.models import Finding
from assessments.queries import findings_on, overdue_findings
from plan.params import today
from plan.workflow import Overtaken, WrongState
from tests.factories import make_person


@pytest.fixture
def finding(midterm, component, people):
    note = notes.begin_note(round=midterm, item=component.indicator, by=people["eva"])
    note = notes.change_note(note, edition=1, by=people["eva"], progress="平稳", conclusion="ahead")
    note = notes.submit_note(note, edition=note.edition, by=people["eva"])
    with pytest.raises(WrongState):
        findings.raise_finding(
            note=note, title="t", request="r", organisation=Organisation.objects.create(code="x", name="x"),
            due_on=today(), by=people["eva"],
        )  # fmt: skip
    note = notes.publish_note(note, edition=note.edition, by=people["rev"])
    own = Organisation.objects.create(code="own", name="市某局")
    people["rep"] = make_person("rep", "reporter", organisation=own)
    people["other"] = make_person("other", "reporter", organisation=Organisation.objects.get(code="x"))
    return findings.raise_finding(
        note=note,
        title="数据口径不一",
        request="统一口径并补报",
        organisation=own,
        due_on=today() + timedelta(days=30),
        by=people["eva"],
    )


def test_a_finding_is_answered_returned_answered_accepted_and_closed(finding, people):
    rep, rev = people["rep"], people["rev"]
    findings.respond(finding, edition=1, by=rep, text="已统一")
    findings.send_back(finding, edition=2, by=rev, text="缺附件")
    findings.respond(finding, edition=3, by=rep, text="附件已补")
    findings.accept(finding, edition=4, by=rev)

    findings.close(finding, edition=5, by=rev)

    finding.refresh_from_db()
    assert (finding.state, finding.closed_on) == ("closed", today())
    assert [(step.action, step.text) for step in finding.steps.all()] == [
        ("created", "统一口径并补报"),
        ("responded", "已统一"),
        ("returned", "缺附件"),
        ("responded", "附件已补"),
        ("accepted", ""),
        ("closed", ""),
    ]


def test_a_past_day_knows_what_had_been_asked_for_and_no_more(client, finding, people):
    plan = finding.note.round.plan
    yesterday = today() - timedelta(days=1)
    findings.respond(finding, edition=1, by=people["rep"], text="已统一")

    assert [row.state_then for row in findings_on(plan, today())] == ["responded"]
    Finding.objects.filter(pk=finding.pk).update(created_at=timezone.now() - timedelta(days=2))
    finding.steps.filter(action="created").update(at=timezone.now() - timedelta(days=2))
    assert [row.state_then for row in findings_on(plan, yesterday)] == ["open"]
    assert list(findings_on(plan, today() - timedelta(days=3))) == []
    address = f"/{plan.slug}/assessments/findings/{finding.pk}/"
    assert client.get(address, {"as_of": yesterday.isoformat()}).status_code == 200
    assert client.get(address, {"as_of": (today() - timedelta(days=3)).isoformat()}).status_code == 404
    early = client.get(f"/{plan.slug}/assessments/", {"as_of": (today() - timedelta(days=3)).isoformat()})
    assert "没有未办结的整改事项" in early.content.decode()
    assert "还没有评估轮次" in early.content.decode()


def test_what_was_accepted_since_was_overdue_until_then(client, finding, people):
    plan, ago = finding.note.round.plan, timezone.now() - timedelta(days=5)
    findings.respond(finding, edition=1, by=people["rep"], text="已统一")
    findings.accept(finding, edition=2, by=people["rev"])
    Finding.objects.filter(pk=finding.pk).update(created_at=ago, due_on=today() - timedelta(days=3))
    finding.steps.filter(action="created").update(at=ago)
    yesterday = today() - timedelta(days=1)

    assert list(overdue_findings(plan, yesterday)) == [finding]
    assert list(overdue_findings(plan, today())) == []
    listed = f"/{plan.slug}/assessments/findings/?state=overdue"
    assert finding.title in client.get(f"{listed}&as_of={yesterday}").content.decode()
    assert finding.title not in client.get(listed).content.decode()


def test_only_the_responsible_organisation_answers_and_only_in_turn(finding, people):
    with pytest.raises(PermissionDenied):
        findings.respond(finding, edition=1, by=people["other"], text="不是我们")
    with pytest.raises(PermissionDenied):
        findings.respond(finding, edition=1, by=people["rev"], text="不是我们")
    with pytest.raises(WrongState):
        findings.close(finding, edition=1, by=people["rev"])
    with pytest.raises(ValidationError):
        findings.respond(finding, edition=1, by=people["rep"], text=" ")
    findings.respond(finding, edition=1, by=people["rep"], text="已统一")
    with pytest.raises(Overtaken):
        findings.accept(finding, edition=1, by=people["rev"])


def test_whoever_answered_is_neither_offered_nor_given_the_decision(client, finding, people):
    both = make_person("both", "reporter", "reviewer", organisation=finding.organisation)
    findings.respond(finding, edition=1, by=both, text="已统一")
    address = f"/test-plan/assessments/findings/{finding.pk}/"

    with pytest.raises(PermissionDenied):
        findings.accept(finding, edition=2, by=both)
    client.force_login(both)
    own = client.get(address).content.decode()
    client.force_login(people["rev"])
    others = client.get(address).content.decode()

    assert 'value="approve"' not in own
    assert 'value="approve"' in others


def test_what_is_past_its_day_and_open_is_overdue(finding, people, component):
    plan = component.indicator.plan

    assert list(overdue_findings(plan, finding.due_on)) == []
    assert list(overdue_findings(plan, finding.due_on + timedelta(days=1))) == [finding]
    assert list(overdue_findings(plan, date(2020, 1, 1))) == []


def test_the_way_to_a_finding_is_a_verb_in_english(finding, people, client):
    client.force_login(people["eva"])
    client.cookies["django_language"] = "en"

    plan = finding.note.item.plan
    html = client.get(f"/{plan.slug}/assessments/notes/{finding.note_id}/").content.decode()

    assert ">Raise a follow-up action</a>" in html
