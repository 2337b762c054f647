"""In which form an answer leaves: `?format=` and the header Accept, which must not contradict each other."""

import re

from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation

from plan.params import read_choice

# A form that is refused and not only liked less (RFC 9110, 12.4.2).
NEVER = re.compile(r";\s*q=0(\.0{0,3})?\s*(;|$)", re.I)


class Negotiation(DefaultContentNegotiation):
    """A form that an address does not have is refused by name; one that Accept does not take by 406."""

    def filter_renderers(self, renderers, format):
        read_choice({"format": format}, "format", dict.fromkeys(one.format for one in renderers))
        return super().filter_renderers(renderers, format)

    def select_renderer(self, request, renderers, format_suffix=None):
        chosen, form = super().select_renderer(request, renderers, format_suffix)
        if chosen.media_type in self._refused(request):
            raise NotAcceptable(available_renderers=renderers)
        return chosen, form

    def get_accept_list(self, request):
        """What is taken, without what is named in order to be refused."""
        return [one for one in super().get_accept_list(request) if not NEVER.search(one)]

    def _refused(self, request) -> set[str]:
        named = super().get_accept_list(request)
        return {one.partition(";")[0].strip().lower() for one in named if NEVER.search(one)}
