"""What the buttons below an entry do: one POST takes one step of its life and says what became of it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from plan.params import read_act, read_edition, read_text
from plan.workflow import Overtaken, WrongState
from texts.forms import refuse

# What may be refused in words; PermissionDenied is an answer of its own.
REFUSALS = (Overtaken, WrongState, ValidationError)
Steps = Mapping[str, tuple[Callable[..., Any], str]]


def take_step(request, steps: Steps, row: Any, *, reasoned: Mapping[str, str] = MappingProxyType({})) -> str:
    """Takes the step that the pressed button names, of `steps`: its service, and what to say once it is done.

    Returns the name of the step, or nothing where it was refused. Those of `reasoned` are given their reason,
    which was typed into the field of that id.
    """
    edition = read_edition(request.POST)
    action = read_act(request.POST, "action", steps)
    options = {"reason": read_text(request.POST, "reason")} if action in reasoned else {}
    service, done = steps[action]
    try:
        service(row, edition=edition, by=request.user, **options)
    except REFUSALS as error:
        refuse(request, error, reasoned.get(action, ""))
        return ""
    messages.success(request, _(done))
    return action


def refusal_words(error: Exception) -> str:
    """Why a step was refused, as one sentence."""
    return "；".join(error.messages) if isinstance(error, ValidationError) else str(error)
