"""Line breaks between words of a sentence count for nothing; between the attributes of a tag they part them."""

import re

import pytest
from django.template import engines

from tests.factories import make_plan


@pytest.mark.parametrize(
    ("given", "joined"),
    [
        ("\n  甲\n  乙\n", "甲乙"),
        ("甲 乙\n丙", "甲 乙丙"),
        ('<b>\n 甲</b>\n <i\n  class="x"\n  id="y"\n>乙</i>', '<b>甲</b><i class="x" id="y" >乙</i>'),
        ('<input\n name="a"\n {% if yes %}checked{% endif %}\n>\n 甲', '<input name="a" checked >甲'),
        ('<a\n {% if yes %}href="/"\n{% else %}href="/x"\n{% endif %}\n>甲</a>\n乙', '<a href="/"  >甲</a>乙'),
    ],
)
def test_breaks_are_joined(given, joined):
    template = engines["django"].from_string(f"{{% joined %}}{given}{{% endjoined %}}")

    assert template.render({"yes": True}) == joined


@pytest.mark.django_db
def test_the_report_desk_has_its_fields(client):
    make_plan()

    html = client.get("/test-plan/reports/").content.decode()

    for name in ("codes", "year_from", "year_to"):
        assert re.search(rf'<input\s[^>]*name="{name}"', html), name
    assert not re.search(r'<input[a-z]|"[a-z-]+="', html)
