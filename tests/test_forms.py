"""Every form of the product speaks one grammar: a label to each field, what must be filled in marked, one filled
button; sent empty it comes back with a summary at the top that leads to the fields, and says so in its title.

`FORMS` names every address that both shows a form and takes it; one that is missing there fails. How they look and
move is asked of a browser (tests/browser/test_forms.py).
"""

import re
from html.parser import HTMLParser
from pathlib import Path

import django
import polib
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from accounts.permissions import Permission as P
from assessments.chapters import begin_chapters
from assessments.models import ReportChapter
from shenzhen_plan.access import ACCESS, FILES, needed
from tests.assessments.scene import open_round
from tests.factories import make_person

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
PLAN = {"slug": "sz-sti-14"}
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
    "studio:numbers": ("planner", DRAFT | {"key": 1}, {"target_text": "?"}),
}
# What is asked elsewhere, and why not here.
ELSEWHERE = {
    "accounts:login": "signing in has its own words (tests/accounts/test_signin.py)",
    **dict.fromkeys(("accounts:verify", "accounts:second_factor", "accounts:second_factor_remove"), "one code"),
    **dict.fromkeys(("accounts:person", "accounts:organisation", "accounts:role"), "as the new one, filled in"),
    **dict.fromkeys(("accounts:policy", "accounts:sessions", "accounts:acts"), "no form of fields"),
    "accounts:draft": "answers scripts",
    "accounts:tokens": "three fields of one line, each with its fault beside it",
    **{
        f"accounts:person_{name}": "one button"
        for name in ("active", "password", "unlock", "second_factor", "sessions_end", "token", "identity")
    },
    "notices:preferences": "choices that cannot be wrong",
    "updates:edit": "the form of updates:report",
    "updates:answer": "behind a signed link (tests/updates/test_answering.py)",
    "updates:table": "a line an item (tests/updates/test_table.py)",
    "evidence:edit": "the form of evidence:new",
    "evidence:import": "a file",
    "desk_import:mapping": "columns of a file (tests/imports)",
    "desk:release_new": "rows of one document (tests/desk)",
    "assessments:round_edit": "the form of assessments:round_new",
    **dict.fromkeys(("handover_of", "handover_mine"), "choice of rows (tests/home/test_handover.py)"),
    "substitute_mine": "the form of substitute",
    "assessments:assign": "choice of rows (tests/assessments/test_pages.py)",
    "assessments:item_note": "a button",
    "assessments:chapter_return": "sentences to tick (tests/assessments/test_chapters.py)",
    "assessments:workshop": "a title or a file (tests/assessments/test_chapters.py)",
    **{
        f"studio:{name}": "a table or a text to work in, with buttons (tests/studio)"
        for name in (
            *(
                "check",
                "commitments",
                "draft",
                "folder",
                "further",
                "indicators",
                "kind",
                "kinds",
                "table",
                "table_file",
            ),
            "text",
        )
    },
    "studio_door": "the studio's door",
    "report_edit": "a name",
    "verify": "a file or a number",
    "audit_chain": "one button",
}


# Pages of work that show and list, with buttons at most.
LISTS = {
    *("accounts:me", "accounts:people", "accounts:organisations", "accounts:roles", "operations", "audit"),
    *("notices:inbox", "my_work", "report_saved", "report_run", "review:index", "review:record"),
    *("desk:review", "desk:figure_hint", "desk_import:review", "desk_import:review_state", "assessments:board"),
    *("assessments:work", "assessments:queue"),
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


@pytest.fixture
def clients(visitors, rows, plan):
    """The clients by role, and a note that is being written for the evaluator."""
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
    somebody = User.objects.get(username="somebody")
    people = (("manager", manager), ("planner", make_person("pla", "planner")), ("somebody", somebody))
    for name, person in people:
        visitors[name] = Client()
        visitors[name].force_login(person)
    return visitors


def test_every_address_that_takes_a_form_is_named_here():
    """Reading asks for a permission everybody has; what asks for more and opens is where work is done."""
    forms = {name for name in ACCESS if needed(name, "POST") and needed(name, "GET")}
    forms -= {
        name for name in forms if needed(name, "GET") in (P.READ, P.ANYONE, P.USE_DESK) and name not in FORMS
    }
    forms -= FILES | FORMS.keys() | ELSEWHERE.keys() | LISTS
    assert not forms, sorted(forms)


def address(name, rows):
    takes = {key: rows.get(value, value) for key, value in FORMS[name][1].items()}
    return reverse(name, kwargs=takes)


@pytest.mark.parametrize("name", FORMS)
def test_each_field_has_its_label_and_the_form_one_filled_button(name, clients, rows):
    page = Page(clients[FORMS[name][0]].get(address(name, rows)).content.decode())
    typed = [field for field in page.fields if field.get("id") or field.get("aria-label") is None]

    bare = [
        field
        for field in typed
        if not page.labels.get(field.get("id"), "").strip() and field.get("type") not in WITHIN
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


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", FORMS)
def test_a_form_sent_wrong_says_at_its_top_what_is_wrong_and_leads_there(name, language, clients, rows):
    client = clients[FORMS[name][0]]
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language

    # A browser sends more than nothing: the key of the form at least.
    answer = client.post(address(name, rows), {"edition": "1", "csrfmiddlewaretoken": "k"} | FORMS[name][2])

    text = answer.content.decode()
    assert answer.status_code in (200, 400), answer.status_code
    page = Page(text)
    assert "faults" in page.ids, "no summary"
    assert page.title.strip().startswith("错误：" if language == "zh-hans" else "Error: "), page.title
    summary = text[text.index('id="faults"') :]
    led = re.findall(r'<a href="#([^"]+)">', summary[: summary.index("</section>")])
    assert led
    assert set(led) <= page.ids, sorted(set(led) - page.ids)
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
