"""What services refuse, shown where it belongs: in the form's fields, or as one message."""

from django.core.exceptions import ValidationError
from django.forms import BaseForm

from plan.params import read_number


def show_faults(form: BaseForm, error: ValidationError) -> None:
    """Puts each fault at its field; what names no field of the form stands above it."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, faults in error.error_dict.items():
        form.add_error(name if name in form.fields else None, faults)


def told(error: Exception) -> str:
    return "；".join(error.messages) if isinstance(error, ValidationError) else str(error)


def read_edition(request) -> int:
    return read_number(request.POST, "edition", default=0, low=0, high=999_999_999)


def read_text(request, name: str) -> str:
    return request.POST.get(name, "").replace("\0", "")[:20_000]
