"""Verifying a file: a page for people, a call for programs."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import FileUploadParser, MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.problems import problem
from accounts.throttles import ScopeThrottle
from plan.params import BadParameter
from reports.serializers import FindingSerializer
from reports.verifying import finding_body, look_up, read_sha256, sha256_of
from texts.forms import refuse


@require_http_methods(["GET", "POST"])
def verify(request):
    """Takes a hash (in the address, so that an answer is a link) or a file, which is read and not kept."""
    context, status = {"limit": settings.VERIFY_MAX_MB}, 200
    try:
        if request.method == "POST":
            context["finding"] = _uploaded(request.FILES.get("file"), request.user)
        elif text := request.GET.get("sha256", ""):
            context["finding"] = look_up(read_sha256(text), user=request.user)
    except BadParameter as error:
        words = f"{error.value}：{error.expected}" if error.value else str(error.expected)
        status = refuse(request, ValidationError(words), error.name)
    return render(request, "reports/verify.html", context | {"text": request.GET.get("sha256", "")}, status=status)


def _uploaded(file, user):
    """The finding for an uploaded file; what is too large for rows to be compared is still hashed."""
    if file is None or not file.size:
        raise BadParameter("file", "", _("请选择要核验的文件"))
    limit = settings.VERIFY_MAX_MB
    if file.size > limit * 1024 * 1024:
        raise BadParameter("file", file.name, _("超过 %(n)s MB，请改为粘贴它的 SHA-256") % {"n": limit})
    return look_up(sha256_of(file.file), user=user, file=file.file, name=file.name)


def found_answer(finding):
    """What is known of a file; of an unknown one a refusal that still says what was looked for."""
    body = finding_body(finding)
    return Response(body) if finding.export else problem(404, _("登记中没有这个文件"), **body)


class VerifyFile(APIView):
    """What a file was, and whether the data behind it has changed: by its hash, or by the file itself."""

    throttle_classes = [ScopeThrottle]
    throttle_scope = "verify"
    parser_classes = [MultiPartParser, FileUploadParser]

    @extend_schema(tags=["verify"], operation_id="verify_hash", responses=FindingSerializer)
    def get(self, request, sha256):
        finding = look_up(read_sha256(sha256), user=request.user)
        return found_answer(finding)


class VerifyUpload(APIView):
    """The same for a file sent as multipart form data in the field `file`."""

    throttle_classes = [ScopeThrottle]
    throttle_scope = "verify"
    parser_classes = [MultiPartParser]

    @extend_schema(
        tags=["verify"],
        operation_id="verify_file",
        request={
            "multipart/form-data": {
                "type": "object",
                "properties": {"file": {"type": "string", "format": "binary"}},
            }
        },
        responses=FindingSerializer,
    )
    def post(self, request):
        finding = _uploaded(request.FILES.get("file"), request.user)
        return found_answer(finding)
