"""Every form of the product speaks one grammar: a label to each field, what must be filled in marked, one filled
button; sent empty it comes back with a summary at the top that leads to the fields, and says so in its title.

`FORMS` names every address that both shows a form and takes it, `PARTS` those that take a form of another page;
one that is named nowhere fails. How they look and move is asked of a browser (tests/browser/test_forms.py).
"""

import re
from copy import deepcopy
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import django
import polib
import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import User
from accounts.permissions import Permission as P
from assessments.chapters import begin_chapters
from assessments.models import Opinion, ReportChapter
from evidence.services import enter_evidence
from indicators.figures import taking_out, workflow
from indicators.models import Component
from plan.models import Plan, Source
from plan.params import today
from shenzhen_plan.access import ACCESS, FILES, needed
from tests.assessments.scene import open_round
from tests.breadth import more
from tests.conftest import make_rows, make_visitors
from tests.evidence.scene import fields
from tests.factories import make_person
from updates.models import StatusUpdate

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
PLAN = {"slug": "sz-sti-14"}
RELEASE = PLAN | {"number": "release"}
ROUND, DRAFT = PLAN | {"round": "annual-x"}, {"slug": "some-30"}
# View name → (who fills it in, what its address takes, what is wrong in it beside that it is empty).
FORMS = {
    "accounts:password": ("viewer", {}, {}),
    "accounts:person_new": ("system_admin", {}, {}),
    "accounts:organisation_new": ("system_admin", {}, {}),
    "webhooks:hooks": ("system_admin", {}, {"address": "x"}),
    "desk:figure_new": ("analyst", PLAN, {"submit": "1"}),
    "desk:figure": ("reporter", PLAN | {"pk": "figure"}, {"submit": "1"}),
    "desk:grid": ("analyst", PLAN, {}),
    "desk:target_new": ("analyst", PLAN, {}),
    "updates:report": ("reporter", PLAN | {"code": "P-1.1"}, {"progress": "140"}),
    "updates:bulk": ("analyst", PLAN, {"progress": "140"}),
    "evidence:new": ("analyst", PLAN, {"url": "x"}),
    "assessments:round_new": ("reviewer", PLAN, {}),
    "substitute": ("reviewer", {"pk": "person"}, {}),
    "assessments:note_edit": ("evaluator", PLAN | {"pk": "open_note"}, {"conclusion": "fine"}),
    "assessments:finding_new": ("reviewer", PLAN | {"pk": "note"}, {}),
    "assessments:chapter": ("evaluator", ROUND | {"pk": "chapter"}, {"body": "一\u202e二"}),
    "assessments:report_front": ("manager", ROUND, {"issued_by": "长" * 200}),
    "assessments:opinions": ("manager", ROUND, {}),
    "talk:about": ("evaluator", PLAN | {"kind": "item", "pk": "talked_item"}, {}),
    "talk:thread": ("evaluator", PLAN | {"pk": "thread"}, {"text": "一\u202e二"}),
    "talk:comment": ("somebody", PLAN | {"pk": "comment"}, {}),
    "studio:home": ("planner", {}, {}),
    "studio:frame": ("planner", DRAFT, {"starts_on": "2030"}),
    "studio:item": ("planner", DRAFT | {"key": 1}, {}),
    "studio:item_new": ("planner", DRAFT, {}),
    "studio:numbers": ("planner", DRAFT | {"key": 1}, {"target_text": "?"}),
    "accounts:login": ("anonymous", {}, {}),
    "accounts:second_factor": ("viewer", {}, {"code": "1"}),
    "accounts:verify": ("half signed in", {}, {"code": "1"}),
    "accounts:tokens": ("viewer", {}, {}),
    "accounts:person": ("system_admin", {"pk": "person"}, {}),
    "accounts:organisation": ("system_admin", {"pk": "organisation"}, {}),
    "accounts:role": ("security_admin", {"pk": "person"}, {"administers": "x", "business": "x"}),
    "notices:preferences": ("viewer", {}, {}),
    "updates:edit": ("reporter", PLAN | {"pk": "begun"}, {"progress": "140"}),
    "updates:table": ("reporter", PLAN, {}),
    "evidence:edit": ("analyst", PLAN | {"pk": "open_evidence"}, {"url": "x"}),
    "evidence:import": ("analyst", PLAN, {}),
    "desk_import:mapping": ("analyst", PLAN | {"pk": "batch"}, {"all_released_on": "x"}),
    "desk:release_new": ("analyst", PLAN, {}),
    "assessments:round_edit": ("manager", ROUND, {}),
    "assessments:assign": ("manager", ROUND, {"then": "assign", "item": "P-1.2"}),
    "handover_of": ("manager", {"pk": "person"}, {}),
    "handover_mine": ("somebody", {}, {}),
    "substitute_mine": ("somebody", {}, {}),
    "report_edit": ("somebody", PLAN | {"pk": "report"}, {}),
    "verify": ("viewer", {}, {}),
    "studio:text": ("planner", DRAFT, {}),
    "studio:kinds": ("planner", DRAFT, {}),
    "studio:indicators": ("planner", DRAFT, {}),
    "studio:table": ("planner", DRAFT, {}),
    "studio:further": ("planner", DRAFT | {"name": "link"}, {"lines": "x"}),
}
# Address of a form that stands on another page → as above, and the page it stands on.
PARTS = {
    "accounts:second_factor_remove": ("with device", {}, {"code": "1"}),
    "assessments:chapter_add": ("manager", ROUND, {}),
    "assessments:chapter_arrange": ("manager", ROUND | {"pk": "chapter"}, {"title": ""}),
    "assessments:chapter_step": ("manager", ROUND | {"pk": "handed_in"}, {"action": "return", "edition": "2"}),
    "assessments:chapters_back": ("manager", ROUND, {}),
    "assessments:comment": ("evaluator", PLAN | {"pk": "open_note"}, {}),
    "assessments:finding_respond": ("reporter", PLAN | {"pk": "finding"}, {}),
    "assessments:note_step": ("evaluator", PLAN | {"pk": "open_note"}, {"action": "submit"}),
    "assessments:opinion_answer": ("manager", ROUND | {"pk": "asked"}, {}),
    "assessments:round_step": ("manager", PLAN | {"round": "midterm"}, {"action": "reopen"}),
    "desk:figure_ask_out": ("analyst", PLAN | {"pk": "known"}, {}),
    "desk:figure_keep_in": ("reviewer", PLAN | {"pk": "doubted"}, {}),
    "desk:no_figure": ("analyst", PLAN, {"component": "owed", "year": "2025", "kind": "late"}),
    "desk:release_approve": ("reviewer", PLAN | {"number": "waiting_release"}, {"pick": "pick", "out": "out"}),
    "desk:release_attach": ("analyst", RELEASE, {}),
    "desk:release_change": ("analyst", RELEASE, {}),
    "desk:release_keep_in": ("reviewer", PLAN | {"number": "doubted_release"}, {}),
    "desk:release_merge": ("analyst", RELEASE, {}),
    "desk:release_take_back": ("analyst", RELEASE, {}),
    "desk_import:upload": ("analyst", PLAN, {}),
    "report_save": ("viewer", PLAN, {"query": "dataset=progress"}),
    "review:record": ("reviewer", PLAN | {"kind": "figures", "pk": "waiting"}, {"act": "approve", "edition": "2"}),
    "review:chosen": ("reviewer", PLAN, {"act": "return", "pick": "figure_pick"}),
    "studio:split": ("planner", DRAFT | {"key": 1}, {"marked": "x"}),
    "updates:assign_preview": ("analyst", PLAN, {"rows": ""}),
    "updates:bulk_apply": ("analyst", PLAN, {}),
}
# Nothing is typed into these: one button each, or boxes to tick, all of it explained beside them.
ELSEWHERE = {
    **dict.fromkeys(("accounts:sessions", "accounts:acts", "audit_chain", "studio_door"), "one button"),
    "accounts:policy": "shows what is in force, takes nothing",
    "accounts:draft": "answers scripts",
    **{
        f"accounts:person_{name}": "one button"
        for name in ("active", "password", "unlock", "second_factor", "sessions_end", "token", "identity")
    },
    "updates:answer": "behind a signed link; the same is asked of it in tests/updates/test_answering.py",
    "assessments:item_note": "one button",
    "assessments:chapter_return": "sentences to tick (tests/assessments/test_chapters.py)",
    **{
        f"studio:{name}": "proposals to tick, and buttons (tests/studio)"
        for name in ("check", "commitments", "draft", "folder", "kind", "table_file")
    },
}
# The same of what takes a POST alone: name → what is pressed.
BUTTONS = """
accounts:act_confirm accounts:act_refuse accounts:person_identity accounts:person_sessions_end
accounts:person_token
accounts:session_end accounts:sessions_end accounts:token_revoke assessments:chapters_begin
assessments:report_build
assessments:report_cancel brief_save desk:figure_discard desk:figure_take_out desk:figure_withdraw following:choose
notices:read notices:read_all report_again report_cancel report_delete report_make review:undo substitute_end
talk:step talk:withdraw text_size updates:step webhooks:end webhooks:resume webhooks:test
"""
PRESSED = {
    **dict.fromkeys(BUTTONS.split(), "one button"),
    "assessments:finding_step": "closes; words may be added",
    "assessments:note_save": "answers scripts",
    "assessments:version_new": "a line that may be empty",
    **dict.fromkeys(("desk:release_return", "desk:release_take_out"), "a button of a form of PARTS"),
    **{
        f"desk_import:{name}": "boxes and buttons of one table"
        for name in ("apply", "cancel", "names", "rows", "undo")
    },
    **dict.fromkeys(("evidence:approve", "evidence:decide", "evidence:step"), "boxes and buttons"),
    "review:answer": "one field, as review:record",
    **{f"studio:{name}": "buttons" for name in ("base", "decide", "step", "undo")},
    "updates:assign_apply": "confirms what updates:assign_preview shows",
}


# Pages of work that show and list, with buttons at most.
LISTS = {
    *("accounts:me", "accounts:people", "accounts:organisations", "accounts:roles", "operations", "audit"),
    *("notices:inbox", "my_work", "report_saved", "report_run", "review:index", "review:record"),
    *("desk:review", "desk:figure_hint", "desk_import:review", "desk_import:review_state", "assessments:board"),
    *("assessments:work", "assessments:queue", "assessments:workshop"),
    "handover",
    *("following:mine", "talk:mine", "webhooks:hook"),
}
# Their words stand around them.
WITHIN = {"radio", "checkbox"}


class Page(HTMLParser):
    """What of a page a form is made of."""

    def __init__(self, text: str):
        super().__init__()
        self.ids, self.labels, self.fields, self.buttons, self.links = set(), {}, [], [], []
        self.forms, self._form, self._label, self.title, self._in = 0, None, None, "", ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        told = dict(attributes)
        self._in = tag
        if told.get("id"):
            self.ids.add(told["id"])
        if tag == "form" and told.get("method") == "post" and "who" not in (told.get("class") or ""):
            self._form = told
        if tag == "label":
            self._label = told.get("for")
            self.labels.setdefault(self._label, "")
        if tag == "a" and (told.get("href") or "").startswith("#"):
            self.links.append(told["href"][1:])
        is_typed = tag in ("textarea", "select") or tag == "input" and told.get("type") not in ("hidden", "submit")
        # What stands within its label has it; what only a password store reads needs none.
        if self._form and is_typed and told.get("class") != "sr":
            self.fields.append(told)
        if self._form and tag == "button":
            self.buttons.append(told)

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        if tag == "label":
            self._label = None

    def handle_data(self, data):
        if self._in == "title":
            self.title += data
        if self._label is not None:
            self.labels[self._label] = self.labels.get(self._label, "") + data


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker):
    """The clients by role and the rows that addresses name, made once; what a test does to them is rolled back."""
    with django_db_blocker.unblock(), transaction.atomic():
        plan = Plan.objects.get(slug=PLAN["slug"])
        rows = make_rows(plan)
        yield people_at_work(plan, rows), rows
        transaction.set_rollback(True)


@pytest.fixture
def rows(scene, db):
    return scene[1]


@pytest.fixture
def clients(scene, db):
    """As they were when they were made: a test's cookies are its own."""
    kept = {name: Client() for name in scene[0]}
    for name, client in scene[0].items():
        kept[name].cookies = deepcopy(client.cookies)
    return kept


def people_at_work(plan, rows) -> dict[str, Client]:
    """A client for each kind of person; a round with a note and chapters, and what else waits, join the rows."""
    visitors = make_visitors()
    evaluator = make_person("eva", "evaluator")
    manager = make_person("man", "reviewer")
    item = plan.items.get(code="P-1.2")
    round = open_round(plan, by=manager, items=[item], evaluator=evaluator, code="annual-x")
    visitors["evaluator"].force_login(evaluator)
    visitors["evaluator"].post(reverse("assessments:item_note", args=[plan.slug, round.code, item.code]))
    rows["open_note"] = round.notes.get().pk
    chapter = begin_chapters(round, by=manager)[0]
    ReportChapter.objects.filter(pk=chapter.pk).update(author=evaluator)
    rows["chapter"] = chapter.pk
    rows["talked_item"] = item.pk
    people = {"manager": manager, "planner": make_person("pla", "planner")}
    people["somebody"] = User.objects.get(username="somebody")
    people["half signed in"] = people["with device"] = make_person("dev", "viewer")
    device = TOTPDevice.objects.create(user=people["with device"], name="x", confirmed=True)
    for name, person in people.items():
        visitors[name] = Client()
        visitors[name].force_login(person)
    session = visitors["with device"].session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    rows |= waiting(plan, round, chapter)
    return visitors


def waiting(plan, round, chapter) -> dict:
    """What the other forms are about: begun reports, figures that wait, that count, that are asked to go."""
    analyst, reporter = User.objects.get(username="analyst"), User.objects.get(username="reporter")
    part = Component.objects.get(code="I-01", indicator__plan=plan)
    figure = workflow.enter_figure(
        component=part, by=analyst, year=2024, value=Decimal(900), value_status="final",
        source=Source.objects.keep("新公报"), released_on=date(2025, 5, 1),
    )  # fmt: skip
    figure = workflow.submit_figure(figure, edition=figure.edition, by=analyst)
    known, doubted = part.observations.filter(state="approved").order_by("year")[:2]
    taking_out.ask_out(doubted, edition=doubted.edition, by=analyst, reason="口径不符")
    begun = StatusUpdate.objects.create(
        item=plan.items.filter(parent__code="P-1.1").first(), organisation=reporter.organisation,
        status_on=date(2025, 6, 30),
        status="on_schedule", done="施工", entered_by=reporter,
    )  # fmt: skip
    handed_in = round.chapters.exclude(pk=chapter.pk).first()
    ReportChapter.objects.filter(pk=handed_in.pk).update(author=chapter.round.notes.get().author, state="review")
    opinion = Opinion.objects.create(
        round=round, kind="unit", who="某单位", received_on=today(), text="t", entered_by=round.created_by
    )
    return {
        "figures": "figure",
        "waiting": figure.pk, "pick": f"{figure.pk}:{figure.edition}", "out": figure.pk,
        "waiting_release": figure.source_id, "figure_pick": f"figure:{figure.pk}:{figure.edition}",
        "known": known.pk, "doubted": doubted.pk, "doubted_release": doubted.source_id, "owed": part.pk,
        "begun": begun.pk, "handed_in": handed_in.pk, "asked": opinion.pk,
        "open_evidence": enter_evidence(by=analyst, **fields(plan.items.get(code="P-1.2"))).pk,
    }  # fmt: skip


def test_every_address_that_takes_a_form_is_named_here():
    """Reading asks for a permission everybody has; what asks for more and opens is where work is done."""
    forms = {name for name in ACCESS if needed(name, "POST") and needed(name, "GET")}
    forms -= {
        name for name in forms if needed(name, "GET") in (P.READ, P.ANYONE, P.USE_DESK) and name not in FORMS
    }
    forms -= FILES | FORMS.keys() | PARTS.keys() | ELSEWHERE.keys() | LISTS
    assert not forms, sorted(forms)


def address(name, rows):
    takes = {key: rows.get(value, value) for key, value in (FORMS | PARTS)[name][1].items()}
    return reverse(name, kwargs=takes)


def test_every_address_that_takes_a_part_of_a_page_is_named_here():
    """What is only sent to: written into fields of another page, or pressed."""
    sent = {name for name in ACCESS if needed(name, "POST") and not needed(name, "GET")} | {"review:record"}
    named = PARTS.keys() | PRESSED.keys() | FORMS.keys() | ELSEWHERE.keys()
    assert not (missing := {name for name in sent - FILES - named if not name.startswith("api_")}), sorted(missing)
    assert not (gone := named - ACCESS.keys()), sorted(gone)


@pytest.mark.parametrize("name", FORMS)
def test_each_field_has_its_label_and_the_form_one_filled_button(name, clients, rows):
    page = Page(clients[FORMS[name][0]].get(address(name, rows)).content.decode())
    typed = [field for field in page.fields if field.get("id") or field.get("aria-label") is None]

    bare = [
        field
        for field in typed
        if not (page.labels.get(field.get("id"), "").strip() or field.get("aria-label"))
        and field.get("type") not in WITHIN
    ]
    assert not bare, [field.get("name") for field in bare]
    unmarked = [
        field["name"]
        for field in typed
        if "required" in field and field.get("type") != "radio" and "*" not in page.labels.get(field.get("id"), "")
    ]
    assert not unmarked or name.startswith("accounts:"), unmarked
    filled = [button for button in page.buttons if "quiet" not in (button.get("class") or "")]
    assert filled, "no filled button"
    primary = [button for button in page.buttons if "data-primary" in button]
    assert len(primary) <= 1


@pytest.mark.parametrize("language", ["zh-hans", *more("en")])
@pytest.mark.parametrize("name", [*FORMS, *PARTS])
def test_a_form_sent_wrong_says_at_its_top_what_is_wrong_and_leads_there(name, language, clients, rows):
    who, _takes, wrong = (FORMS | PARTS)[name]
    client = clients[who]
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    # A browser sends more than nothing: the key of the form at least, and the edition of what it shows.
    sent = {"edition": "1", "csrfmiddlewaretoken": "k"} | {
        key: rows.get(value, value) for key, value in wrong.items()
    }

    answer = client.post(address(name, rows), sent, follow=True)

    text = answer.content.decode()
    assert answer.status_code in (200, 400, 409, 422), answer.status_code
    page = Page(text)
    assert "faults" in page.ids, "no summary"
    assert page.title.strip().startswith("错误：" if language == "zh-hans" else "Error: "), page.title
    summary = text[text.index('id="faults"') :]
    led = re.findall(r'<a href="#([^"]+)">', summary[: summary.index("</section>")])
    assert led
    assert set(led) <= page.ids, sorted(set(led) - page.ids)
    # Said at the field as well, with what helps.
    assert any(f"{target.removesuffix('_0')}_error" in page.ids for target in led), led
    assert "确保该值" not in text
    assert "该字段是必填项" not in text


def test_what_django_says_of_wrong_input_is_said_in_our_words():
    """Each sentence of ours stands for one of Django's; one that Django gave up would stand for nothing."""
    ours = polib.pofile(str(Path(settings.BASE_DIR, "locale/zh_Hans/LC_MESSAGES/django.po")))
    theirs = polib.mofile(str(Path(django.__path__[0], "conf/locale/zh_Hans/LC_MESSAGES/django.mo")))

    assert {entry.msgid for entry in ours} <= {entry.msgid for entry in theirs}
    with translation.override("zh-hans"):
        said = translation.gettext("Ensure this value is less than or equal to %(limit_value)s.")
        assert said % {"limit_value": 100} == "不能大于 100，请改小"
