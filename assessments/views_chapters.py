"""写报告: the chapters of a round's report, its cover, Word files out and back, opinions, versions."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override
from django.views.decorators.http import require_POST

from accounts.permissions import Permission, may, people_who_may
from assessments import chapters, opinions, returns, versions
from assessments.forms import ChapterArrangeForm, ChapterForm, ChapterNewForm, FrontForm, OpinionForm, ReturnForm
from assessments.models import ChapterReturn, Opinion, ReportChapter, ReportFront, ReportVersion, Round
from assessments.queries import get_round, round_on
from assessments.report.context import ReportContext
from assessments.report.docx import write_docx
from assessments.report.facts import check_pins, facts_of
from assessments.report.outline import drafter_of
from assessments.report.slides import write_slides
from assessments.report.tables import TABLES
from assessments.report.taken_up import NotesSince
from assessments.report.word_work import RefusedReturn, write_work_file
from assessments.views import may_read_report
from plan.exports.download import Download
from plan.params import read_choice, read_edition, read_text
from plan.queries import get_plan
from plan.steps import REFUSALS, take_step
from plan.uploads import RefusedFile
from plan.workflow import Overtaken, WrongState
from texts.forms import posted, refuse, show_faults

State = ReportChapter.State
STEPS = {
    "draft": (chapters.draft_again, gettext_noop("已重新起草，原来的正文在经办记录里")),
    "renew": (chapters.renew_numbers, gettext_noop("数字已更新")),
    "submit": (chapters.submit_chapter, gettext_noop("已送审")),
    "withdraw": (chapters.withdraw_chapter, gettext_noop("已撤回")),
    "return": (chapters.return_chapter, gettext_noop("已退回")),
    "agree": (chapters.agree_chapter, gettext_noop("已定稿")),
    "reopen": (chapters.reopen_chapter, gettext_noop("已重新起草")),
}


def _round(request, slug: str, code: str) -> Round:
    return get_round(get_plan(slug), code, request.user)


def _chapter(row: Round, pk: int) -> ReportChapter:
    chapter = row.chapters.select_related("author", "agreed_by").filter(pk=pk).first()
    if chapter is None:
        raise Http404(_("本轮报告没有这一章"))
    chapter.round = row
    return chapter


def workshop(request, slug, round):
    """Every chapter with its author and state; what else belongs to the report."""
    return _workshop(request, _round(request, slug, round), ChapterNewForm())


def _workshop(request, row: Round, add_form: ChapterNewForm):
    found = list(row.chapters.select_related("author"))
    context = {
        "plan": row.plan,
        "round": row,
        "chapters": found,
        "agreed": sum(one.state == ReportChapter.State.AGREED for one in found if not one.is_left_out),
        "total": sum(not one.is_left_out for one in found),
        "may_manage": may(request.user, Permission.MANAGE_ROUNDS),
        "is_fixed": row.state == Round.State.PUBLISHED,
        "versions": row.versions.select_related("by").defer("document"),
        "open_returns": _open_returns(row),
        "opinions": row.opinions.count(),
        "open_opinions": row.opinions.filter(state=Opinion.State.OPEN).count(),
        "add_form": add_form,
        "return_form": ReturnForm(),
    }
    return render(request, "assessments/workshop.html", context, status=400 if add_form.errors else 200)


def _open_returns(row: Round):
    return ChapterReturn.objects.filter(chapter__round=row, settled_at=None).select_related("chapter")


@require_POST
def chapters_begin(request, slug, round):
    """The outline of the round's kind as chapters, each with its first draft."""
    row = _round(request, slug, round)
    stood = row.chapters.exists()
    try:
        made = chapters.begin_chapters(row, by=request.user)
    except REFUSALS as error:
        refuse(request, error)
    else:
        told = _("章节已经设立，共 %(n)s 章") if stood else _("已按提纲设立 %(n)s 章，请指定执笔人")
        messages.success(request, told % {"n": len(made)})
    return redirect("assessments:workshop", slug, round)


@require_POST
def chapter_add(request, slug, round):
    row, form = _round(request, slug, round), ChapterNewForm(request.POST)
    if not form.is_valid():
        return _workshop(request, row, form)
    try:
        chapters.add_chapter(row, by=request.user, **form.cleaned_data)
    except REFUSALS as error:
        refuse(request, error)
    else:
        messages.success(request, _("已增加一章"))
    return redirect("assessments:workshop", slug, round)


def chapter(request, slug, round, pk):
    """One chapter: its text, and for its author the form; what its numbers rest on and whether they still hold."""
    row = _round(request, slug, round)
    one, newer = _chapter(row, pk), None
    form = ChapterForm(posted(request), initial={"body": one.body})
    if request.method == "POST" and form.is_valid():
        edition, body = read_edition(request.POST), form.cleaned_data["body"]
        try:
            chapters.write_chapter(one, edition=edition, by=request.user, body=body)
        except ValidationError as error:
            show_faults(form, error)
        except WrongState as error:
            form.add_error(None, str(error))
        except Overtaken as error:
            newer = error.row
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已保存"))
            return redirect(one)
    context = _told(request, one, form) | {"newer": newer}
    # What was read meanwhile is what is written over next.
    context["edition"] = newer.edition if newer else context["edition"]
    return render(request, "assessments/chapter.html", context, status=400 if form.errors else 200)


def _told(request, one: ReportChapter, form: ChapterForm) -> dict:
    row, user = one.round, request.user
    with override("zh-hans"):
        facts = facts_of(ReportContext(row)) if one.pins else {}
    pins = check_pins(one.body, one.pins, facts)
    is_author, is_open = chapters.writes(one, user), row.state != Round.State.PUBLISHED
    agrees = may(user, Permission.REVIEW_NOTES) and not is_author and is_open
    manages = may(user, Permission.MANAGE_ROUNDS) and is_open
    acts = {State.DRAFT: is_author, State.REVIEW: is_author or agrees, State.AGREED: manages}
    return {
        "plan": row.plan,
        "round": row,
        "chapter": one,
        "form": form,
        "edition": request.POST.get("edition") or one.edition,
        "pins": pins,
        "off": [pin for pin in pins if pin.is_changed or pin.is_gone],
        "held": [pin for pin in pins if not pin.is_changed and not pin.is_gone],
        "behind": NotesSince(row).of(one),
        "tables": list(TABLES),
        "has_draft": bool(drafter_of(row.kind, one.key)),
        "writes": is_author and is_open and one.state == State.DRAFT,
        "is_author": is_author and is_open,
        "agrees": agrees,
        "may_manage": manages,
        "has_acts": acts[one.state] and is_open,
        "arrange_form": ChapterArrangeForm(
            chapter=one, people=people_who_may(Permission.SEE_ROUNDS, row.plan.slug)
        ),
        "steps": one.steps.select_related("by", "for_person"),
        "opinions": one.opinions.all(),
    }


@require_POST
def chapter_step(request, slug, round, pk):
    one = _chapter(_round(request, slug, round), pk)
    take_step(request, STEPS, one, reasoned={"return": "return-reason", "reopen": "reopen-reason"})
    return redirect(one)


@require_POST
def chapter_arrange(request, slug, round, pk):
    """Title, purpose, place, author, and whether the chapter stands in the report."""
    one = _chapter(_round(request, slug, round), pk)
    form = ChapterArrangeForm(request.POST, chapter=one, people=people_who_may(Permission.SEE_ROUNDS, slug))
    if form.is_valid():
        try:
            edition = read_edition(request.POST)
            chapters.arrange_chapter(one, edition=edition, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            show_faults(form, error)
        except REFUSALS as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已保存"))
            return redirect(one)
    context = _told(request, one, ChapterForm(initial={"body": one.body})) | {"arrange_form": form}
    return render(request, "assessments/chapter.html", context, status=400)


def chapter_word(request, slug, round, pk):
    """One chapter as a Word file to work on."""
    row = _round(request, slug, round)
    return _work_file(request, row, [_chapter(row, pk)])


def chapters_word(request, slug, round):
    """Every chapter as one Word file to work on."""
    row = _round(request, slug, round)
    return _work_file(request, row, list(row.chapters.filter(is_left_out=False)))


def _work_file(request, row: Round, found: list[ReportChapter]):
    name = found[0].title if len(found) == 1 else _("各章")
    data = write_work_file(row, found)
    return Download(name=f"{row.name}_{name}", format="docx", pieces=[data], rows=len(found)).response(request)


@require_POST
def chapters_back(request, slug, round):
    """Takes a Word file back: the texts that differ wait to be gone through."""
    row, form = _round(request, slug, round), ReturnForm(request.POST, request.FILES)
    if not form.is_valid():
        refuse(request, ValidationError(_("请选择要带回的 Word 文件")), "id_file")
        return redirect("assessments:workshop", slug, round)
    try:
        found = returns.take_back(row, form.cleaned_data["file"], by=request.user)
    except (RefusedFile, RefusedReturn, *REFUSALS) as error:
        refuse(request, error)
        return redirect("assessments:workshop", slug, round)
    if found.missing:
        names = "、".join(one.title for one in found.missing)
        messages.warning(request, _("文件里没有这些章，未作改动：%(names)s") % {"names": names})
    if found.passed_over:
        names = "；".join(found.passed_over)
        messages.warning(request, _("这些没有带回：%(names)s") % {"names": names})
    if not found.returns:
        messages.success(request, _("各章正文与现有的一致，没有要处理的改动"))
        return redirect("assessments:workshop", slug, round)
    messages.success(request, _("已读入 %(n)s 章的改动，请逐句决定") % {"n": len(found.returns)})
    return redirect("assessments:chapter_return", slug, round, found.returns[0].pk)


def chapter_return(request, slug, round, pk):
    """The differences of a returned text, sentence by sentence, to be taken over or not."""
    row = _round(request, slug, round)
    returned = get_object_or_404(
        ChapterReturn.objects.select_related("chapter__round__plan", "by"), pk=pk, chapter__round=row
    )
    one = returned.chapter
    changes = returns.changes_of(returned)
    if request.method == "POST":
        accepted = {place for place, _change in enumerate(changes) if f"take-{place}" in request.POST}
        try:
            chapters.take_over(returned, changes, accepted, edition=read_edition(request.POST), by=request.user)
        except REFUSALS as error:
            refuse(request, error)
            return redirect("assessments:chapter_return", slug, round, pk)
        messages.success(request, _("已处理：采纳 %(n)s 处") % {"n": len(accepted)})
        return redirect(one)
    context = {
        "plan": row.plan,
        "round": row,
        "chapter": one,
        "returned": returned,
        "changes": list(enumerate(changes)),
        "number": sum(change.is_change for change in changes),
        "is_older": returned.edition_sent != one.edition,
        "is_empty": not returned.body.strip(),
        # Without the text that left nobody can tell whose change a difference is.
        "is_blind": returned.edition_sent != one.edition and returns.base_of(returned) is None,
        "kept": [change for change in changes if change.is_kept],
        "may_take": chapters.writes(one, request.user) and one.state == State.DRAFT,
    }
    return render(request, "assessments/chapter_return.html", context)


def report_front(request, slug, round):
    """The cover and the page after it."""
    row = _round(request, slug, round)
    front = ReportFront.objects.filter(round=row).first() or ReportFront(round=row)
    form = FrontForm(posted(request), initial={name: getattr(front, name) for name in chapters.FRONT})
    edition, newer = request.POST.get("edition") or front.edition, None
    if request.method == "POST" and form.is_valid():
        try:
            chapters.change_front(row, edition=read_edition(request.POST), by=request.user, **form.cleaned_data)
        except ValidationError as error:
            show_faults(form, error)
        except WrongState as error:
            form.add_error(None, str(error))
        except Overtaken as error:
            newer, edition = error.row, error.row.edition
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已保存"))
            return redirect("assessments:workshop", slug, round)
    context = {"plan": row.plan, "round": row, "form": form, "edition": edition, "newer": newer}
    return render(request, "assessments/report_front.html", context, status=400 if form.errors else 200)


def opinion_list(request, slug, round):
    """What was said of the draft, what became of it, and the form for one more."""
    row = _round(request, slug, round)
    form = OpinionForm(posted(request), chapters=row.chapters.all())
    if request.method == "POST" and form.is_valid():
        try:
            opinions.enter_opinion(row, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            show_faults(form, error)
        except REFUSALS as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已登记"))
            return redirect("assessments:opinions", slug, round)
    return _opinions(request, row, form, status=400 if form.errors else 200)


def _opinions(request, row, form, *, answered: int | None = None, status: int):
    """The page; of the opinion that was answered and refused, with what was chosen and typed."""
    context = {
        "plan": row.plan,
        "round": row,
        "opinions": row.opinions.select_related("chapter", "entered_by"),
        "answers": [(state.value, state.label) for state in opinions.ANSWERS],
        "form": form,
        "is_fixed": row.state == Round.State.PUBLISHED,
        "answered": answered,
        "said": request.POST,
    }
    return render(request, "assessments/opinions.html", context, status=status)


@require_POST
def opinion_answer(request, slug, round, pk):
    row = _round(request, slug, round)
    opinion = get_object_or_404(Opinion.objects.select_related("round__plan"), pk=pk, round=row)
    edition, words = read_edition(request.POST), read_text(request.POST, "answer")
    try:
        if read_text(request.POST, "action") == "reopen":
            opinions.reopen_opinion(opinion, edition=edition, by=request.user, reason=words)
        else:
            state = read_choice(request.POST, "state", {state.value for state in opinions.ANSWERS})
            if not state:
                raise ValidationError({f"state-{pk}": _("请选择采纳、部分采纳或不采纳")})
            opinions.answer_opinion(opinion, edition=edition, by=request.user, state=state, answer=words)
    except REFUSALS as error:
        status = refuse(request, error, f"answer-{pk}")
        return _opinions(request, row, OpinionForm(chapters=row.chapters.all()), answered=pk, status=status)
    messages.success(request, _("已保存"))
    return redirect("assessments:opinions", slug, round)


@require_POST
def version_new(request, slug, round):
    """Keeps the report as it reads now."""
    row = _round(request, slug, round)
    last = row.versions.first()
    try:
        kept = versions.keep_version(row, by=request.user, reason=read_text(request.POST, "reason"))
    except REFUSALS as error:
        refuse(request, error)
    else:
        is_new = last is None or kept.pk != last.pk
        told = _("已留存第 %(number)s 版") if is_new else _("报告与第 %(number)s 版相同，没有另存一版")
        messages.success(request, told % {"number": kept.number})
    return redirect("assessments:workshop", slug, round)


def _version(request, slug: str, round: str, number: int):
    """A version for whoever may read the report on the page's day; later ones were not there for the public."""
    row = round_on(get_plan(slug), round, request.user, request.as_of)
    kept = versions.version_of(row, number)
    if may(request.user, Permission.SEE_ROUNDS):
        return kept
    if not may_read_report(row, request) or localdate(kept.at) > request.as_of:
        raise Http404(_("本轮报告没有第 %(number)s 版") % {"number": number})
    return kept


def version(request, slug, round, number):
    """A kept report, as it was."""
    kept = _version(request, slug, round, number)
    context = {
        "plan": kept.round.plan,
        "round": kept.round,
        "version": kept,
        "is_whole": versions.is_whole(kept),
        "document": versions.document_of(kept),
        "is_draft": kept.round.state != Round.State.PUBLISHED,
        "jobs": [],
    }
    return render(request, "assessments/sheet.html", context)


def version_docx(request, slug, round, number):
    """A kept report as a Word file, with the pages of its contents once a job has set them.

    The same version gives the same bytes, before and after: `pages` says which of the two a file was.
    """
    kept = _version(request, slug, round, number)
    is_set = read_choice(request.GET, "pages", {"1"}) or not getattr(request, "is_comparison", False)
    pages = (kept.pages or ()) if is_set else ()
    query = "pages=1" if pages else ""
    return _version_file(request, kept, "docx", partial(write_docx, pages=pages), query=query)


def version_pptx(request, slug, round, number):
    """A kept report as slides for the meeting; the same version gives the same bytes."""
    return _version_file(request, _version(request, slug, round, number), "pptx", write_slides)


def _version_file(request, kept: ReportVersion, format: str, write, *, query: str = ""):
    name = f"{kept.round.name}报告_第{kept.number}版"
    data = write(versions.document_of(kept))
    made = Download(name=name, format=format, pieces=[data], query=query, file_name=f"{name}.{format}")
    return made.response(request)
