from django.core.exceptions import ValidationError
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from accounts.problems import problem
from plan.params import BadParameter, clean_query, read_day, today
from plan.queries import plan_of_address


class ParameterMiddleware:
    """Gives every view `request.as_of` and answers a refused parameter with a 400 that names it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self._answer(request)
        # A cookie says the language, the size of letters and who has signed in.
        patch_vary_headers(response, ("Cookie",))
        return response

    def _answer(self, request):
        request.as_of = today()
        try:
            request.GET = clean_query(request.GET)
            request.as_of = read_day(request.GET, request.as_of)
        except BadParameter as error:
            return refused(request, error)
        return self.get_response(request)

    def process_exception(self, request, error):
        if isinstance(error, ValidationError):
            error = as_parameter(error)
        return refused(request, error) if isinstance(error, BadParameter) else None


def as_parameter(error: ValidationError) -> BadParameter:
    """What a service refused and its page shows beside no field: a text longer than its column, above all."""
    name, faults = next(iter(getattr(error, "error_dict", {_("表单"): [error]}).items()))
    said = "；".join(message for fault in faults for message in fault.messages)
    return BadParameter(name, "", said)


def refused(request, error: BadParameter):
    """The 400 that names a parameter: JSON for programs, a page for people."""
    if request.path_info.startswith("/api/") or request.path_info.endswith((".json", ".csv")):
        return problem(400, f"{error.name}: {error.expected}", parameter=error.name, value=error.value)
    return render(request, "400.html", {"error": error, "plan": plan_of_address(request.path_info)}, status=400)
