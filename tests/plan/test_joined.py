"""Line breaks between pieces of a line are gone, and those between the attributes of a tag are spaces."""

from django.template import Context, Template


def test_a_break_in_a_tag_still_parts_its_attributes():
    lines = [
        "{% joined %}",
        "  <a",
        '    class="x"',
        "    {% if on %}hidden{% endif %}",
        "  >",
        "    词",
        "  </a>",
    ]
    text = "\n".join([*lines, "  语", "{% endjoined %}"])

    assert Template(text).render(Context({"on": True})) == '<a class="x" hidden >词</a>语'
