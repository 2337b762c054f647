"""Word files of chapters that come back: read, compared, kept until somebody went through them."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.permissions import Permission, require
from assessments.chapters import demand_unpublished
from assessments.evidence import FOLDER
from assessments.models import ChapterReturn, ReportChapter, Round
from assessments.report.told_apart import SentenceChange, told_apart
from assessments.report.word_work import RefusedReturn, ReturnedFile, ReturnedText, read_work_file
from audit.services import record_audit
from plan.uploads import ENDINGS_OF, RefusedFile, clean_name, open_stored, remove_stored, store_upload

# A line as long as this belongs to one chapter only.
SPEAKING = 12


@dataclass(frozen=True)
class TakenBack:
    """What a file brought: the chapters that differ, those of the round it does not have, and in words what of
    it could not come back."""

    returns: list[ChapterReturn]
    missing: list[ReportChapter]
    passed_over: list[str]


def take_back(round: Round, upload, *, by) -> TakenBack:
    """Keeps what a Word file says differently, for the chapters' authors to decide sentence by sentence.

    Raises RefusedFile or RefusedReturn, in words, for what is no such file; nothing is kept then.
    """
    require(by, Permission.SEE_ROUNDS)
    file = _file(round, upload)
    texts = file.texts
    with transaction.atomic():
        held = demand_unpublished(round)
        known = {row.pk: row for row in held.chapters.all()}
        if strange := [text for text in texts if text.chapter not in known]:
            raise RefusedReturn(_("文件里有 %(n)s 章不属于本轮报告；请用本轮取出的文件") % {"n": len(strange)})
        brought = {text.chapter for text in texts}
        whole = len(texts) > 1
        missing = [row for pk, row in known.items() if pk not in brought and not row.is_left_out] if whole else []
        _demand_headings(missing, texts, known)
        made = [_keep(known[text.chapter], text, clean_name(upload.name), by) for text in texts]
        passed_over = [*file.passed_over, *_titles(texts, known)]
    return TakenBack([row for row in made if row is not None], missing, passed_over)


def _demand_headings(
    missing: list[ReportChapter], texts: list[ReturnedText], known: dict[int, ReportChapter]
) -> None:
    """Raises RefusedReturn where a chapter's heading alone is gone: its words stand in the one before it now."""
    for row in missing:
        first = next(filter(lambda line: len(line) > SPEAKING, row.body.splitlines()), None)
        holders = (text for text in texts if first in text.lines and first not in known[text.chapter].body)
        if first and (holder := next(holders, None)):
            told = {"title": row.title, "other": known[holder.chapter].title}
            raise RefusedReturn(
                _("“%(title)s”的标题不见了，正文接到了“%(other)s”后面；请补回这个标题再带回") % told
            )


def base_of(returned: ChapterReturn) -> str | None:
    """The chapter's text as it stood when the file left; None where no step tells."""
    steps = returned.chapter.steps.filter(edition=returned.edition_sent).order_by("-id")
    return steps.values_list("body", flat=True).first()


def changes_of(returned: ChapterReturn) -> list[SentenceChange]:
    """What a returned text says otherwise than its chapter does now."""
    chapter = returned.chapter
    return told_apart(chapter.body, returned.body, chapter.pins, base=base_of(returned))


def _titles(texts: list[ReturnedText], known: dict[int, ReportChapter]) -> list[str]:
    """The headings that say another title than the chapter has: a title is changed on its page."""
    return [
        _("章标题“%(new)s”，标题请在该章页面修改") % {"new": text.title[:60] or _("（空）")}
        for text in texts
        if text.title != known[text.chapter].title
    ]


def _file(round: Round, upload) -> ReturnedFile:
    """What the file says. It is looked at as every upload is, and not kept: its text is."""
    if not upload.name.lower().endswith(".docx"):
        raise RefusedFile(
            clean_name(upload.name), _("请带回 .docx 文件；其他格式请先在 Word 中另存为不含宏的 .docx")
        )
    stored = store_upload(upload, folder=FOLDER)
    try:
        if stored.content_type != ENDINGS_OF["docx"]:
            raise RefusedFile(stored.name, _("请带回 .docx 文件；其他格式请先在 Word 中另存为不含宏的 .docx"))
        with open_stored(stored.stored_as, folder=FOLDER) as file:
            return read_work_file(file, round)
    finally:
        remove_stored([stored.stored_as], folder=FOLDER)


def _keep(chapter: ReportChapter, text: ReturnedText, name: str, by) -> ChapterReturn | None:
    """The return of a chapter, None where it says what the chapter says; one still open stays beside it."""
    if text.body == chapter.body:
        return None
    if chapter.state != ReportChapter.State.DRAFT:
        raise RefusedReturn(_("“%(title)s”已送审或定稿，不能带回改动") % {"title": chapter.title})
    row = ChapterReturn(chapter=chapter, name=name, body=text.body, edition_sent=text.edition, by=by)
    row.full_clean(exclude=["chapter", "by"])
    row.save()
    record_audit(
        action="chapter.came_back",
        by=by,
        after={"file": name, "title": chapter.title, "edition": text.edition},
        plan_slug=chapter.round.plan.slug,
        object_code=chapter.round.code,
        object_label=f"{chapter.round.name} {chapter.title}",
    )
    return row
