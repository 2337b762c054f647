"""What services refuse, shown where it belongs: in the form's fields, or as one message."""

from django.core.exceptions import ValidationError
from django.forms import BaseForm


def show_faults(form: BaseForm, error: ValidationError) -> None:
    """Puts each fault at its field; what names no field of the form stands above it."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, faults in error.error_dict.items():
        form.add_error(name if name in form.fields else None, faults)
