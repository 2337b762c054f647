"""The page where a text comes in, and where each repair is shown and undone."""

import io
import zipfile

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plan.params import read_edition
from plan.steps import REFUSALS
from studio import services
from studio.reading.document import LONGEST
from studio.reading.document import read_text as read_document
from studio.reading.word import NoWordFile, read_word
from studio.views import get_draft
from tables.encodings import find_encoding
from tables.faults import BrokenFile
from texts.forms import refuse, typed_text

# A Word file unpacks to many times its size; beyond this it is no text anybody wrote.
MOST_UNPACKED = 100_000_000
LARGEST = 20_000_000
# What begins so looks like text to a program, and is none to a reader: PDF, RTF.
NO_TEXT = (b"%PDF-", b"{\\rtf")
UNREADABLE = gettext_lazy("读不出这个文件；请另存为 .docx 或 .txt，PDF 请复制其中的文字粘贴")
REPAIR_WORDS = {
    "bold": gettext_lazy("去掉粗体标记"),
    "contents": gettext_lazy("去掉目录"),
    "page": gettext_lazy("去掉页码"),
    "running": gettext_lazy("去掉页眉页脚"),
    "latin": gettext_lazy("误识的 and 改为“和”"),
    "number": gettext_lazy("序号与正文分开"),
    "join": gettext_lazy("接上断行"),
    "doubled": gettext_lazy("去掉重字"),
}
# What is told of a Word file besides its text.
WORD_WORDS = {
    "inserted": gettext_lazy("文件里有 %(n)s 处修订插入：按接受后的文字读入"),
    "deleted": gettext_lazy("文件里有 %(n)s 处修订删除：删去的文字没有读入"),
    "comments": gettext_lazy("文件里有 %(n)s 条批注：没有读入"),
    "notes": gettext_lazy("文件里有 %(n)s 条脚注或尾注：没有读入，其中如有承诺请补进正文"),
}
SEEN_WORDS = {
    "no_headings": gettext_lazy("没有认出章节标题：请检查“第一章”“一、”“（一）”等序号是否还在"),
    "no_numbers": gettext_lazy("正文里没有数字：不会有指标建议"),
    "pictures": gettext_lazy("有图片，其中的文字和表格读不到：请手工录入"),
    "twice": gettext_lazy("有整段文字出现两次：请看是否重复粘贴"),
    "markup": gettext_lazy("粘贴的是网页代码：已只留文字"),
}


def text(request, slug):
    """Takes a text in; shows what it was read as, what was repaired and what to look at."""
    row, status = get_draft(slug), 200
    if request.method == "POST":
        try:
            return _take(request, row)
        except (NoWordFile, BrokenFile, UnicodeDecodeError):
            status = refuse(request, ValidationError(str(UNREADABLE)), "file")
        except REFUSALS as error:
            status = refuse(request, error, "raw")
    document = read_document(row.raw, row.passed) if row.raw else None
    context = {
        "draft": row,
        "document": document,
        "repairs": [(repair, REPAIR_WORDS[repair.sort], repair.key in row.passed) for repair in document.repairs]
        if document
        else [],
        "seen": [SEEN_WORDS[name] for name in document.seen if name in SEEN_WORDS] if document else [],
        "typed": request.POST.get("raw", row.raw) if status != 200 else row.raw,
    }
    return render(request, "studio/text.html", context, status=status)


def _take(request, row):
    raw = row.raw if request.POST.get("then") == "repairs" else _given(request)
    if len(raw) > LONGEST:
        raise ValidationError(
            _("文本有 %(n)s 字，超过上限 %(limit)s 字；请分卷送入") % {"n": len(raw), "limit": LONGEST}
        )
    known = {repair.key for repair in read_document(row.raw, row.passed).repairs} if row.raw else set()
    kept = set(request.POST.getlist("kept"))
    passed = sorted(known - kept) if request.POST.get("then") == "repairs" else []
    if not raw.strip():
        raise ValidationError(_("请粘贴文本或选择文件"))
    _draft, lost = services.take_text(row, raw, by=request.user, edition=read_edition(request.POST), passed=passed)
    if lost:
        told = _("有 %(n)s 个条目的原文在新文本里找不到了，已在核对页列出") % {"n": len(lost)}
        messages.warning(request, told)
    messages.success(request, _("文本已保存"))
    return redirect("studio:text", row.slug)


def _given(request) -> str:
    """The text of the file, else what was pasted. Raises what cannot be read."""
    file = request.FILES.get("file")
    if file is None:
        return typed_text(request.POST, "raw", limit=LONGEST)
    if file.size > LARGEST:
        raise ValidationError(_("文件超过 20 MB"))
    content = file.read()
    if content.startswith(NO_TEXT):
        raise NoWordFile
    if not file.name.lower().endswith(".docx"):
        return content.decode(find_encoding(io.BytesIO(content)))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise NoWordFile from error
    if unpacked > MOST_UNPACKED:
        raise NoWordFile
    word = read_word(content)
    for name, number in word.seen.items():
        messages.warning(request, WORD_WORDS[name] % {"n": number})
    return word.text
