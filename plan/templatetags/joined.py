"""Inline text on lines of its own in the source: between Chinese words a line break would show as a space.

    {% joined %}
      {{ update.status }}
      {% if update.late %}（{% translate "逾期" %}）{% endif %}
    {% endjoined %}

A line break and the indentation around it count for nothing here; a space within a line stays. It happens once,
when the template is compiled. The tag is built in (`settings.TEMPLATES`), so no template loads it.
"""

import re

from django import template
from django.template.base import TextNode

register = template.Library()
BREAK = re.compile(r"[ \t]*\n\s*")


@register.tag
def joined(parser, token):
    nodes = parser.parse(("endjoined",))
    parser.delete_first_token()
    inside = False  # of a tag, where a break parts two attributes
    for text in nodes.get_nodes_by_type(TextNode):
        pieces = []
        for piece in BREAK.split(text.s):
            if pieces:
                pieces.append(" " if inside else "")
            pieces.append(piece)
            inside = piece.rfind("<") > piece.rfind(">") if "<" in piece or ">" in piece else inside
        text.s = "".join(pieces)
    return JoinedNode(nodes)


class JoinedNode(template.Node):
    """What stands within, its line breaks gone already."""

    def __init__(self, nodelist):
        self.nodelist = nodelist

    def render(self, context):
        return self.nodelist.render(context)
