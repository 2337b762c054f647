"""In which form an answer leaves: `?format=` and the header Accept, which must not contradict each other."""

from rest_framework.negotiation import DefaultContentNegotiation

from plan.params import read_choice


class Negotiation(DefaultContentNegotiation):
    """A form that an address does not have is refused by name; one that Accept does not take by 406."""

    def filter_renderers(self, renderers, format):
        read_choice({"format": format}, "format", dict.fromkeys(one.format for one in renderers))
        return super().filter_renderers(renderers, format)
