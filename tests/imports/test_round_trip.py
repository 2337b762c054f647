"""An export imported again changes nothing: every format and encoding, any text a form takes."""

import io
from contextlib import suppress
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicators.files.columns import OBSERVATION
from indicators.files.exports import judged_observations, observation_row
from indicators.files.importing import tell
from indicators.models import Observation
from plan.columns import in_words, with_code_columns
from plan.exports.csvfile import csv_bytes
from plan.exports.workbook import workbook
from tests.breadth import more
from tests.texts.test_cleaning import TEXTS
from texts.forms import LineField

# What is read in a table, before anything of it is stored.
pytestmark = pytest.mark.one_database

TODAY = date(2026, 11, 1)
TYPED = st.one_of(
    TEXTS,
    st.text(st.sampled_from("'=+-@＝＋－＠\t\"，,；;_x0041指统全目业中①¹ 　"), min_size=1, max_size=12),
    st.sampled_from(
        ["'-附件三", "''=1", "_x000D_", "id:component", "注：初步数", "sep=;", "2023", "—", "<table>"]
    ),
)


def taken(text):
    with suppress(ValidationError):
        return LineField(required=False, max_length=100).clean(text)
    return None


def written(rows, way):
    columns = OBSERVATION
    if way.endswith(" codes"):
        way, columns = way.removesuffix(" codes"), with_code_columns(OBSERVATION)
    if way.startswith("xlsx"):
        header = "en" if way.endswith("en") else "zh"
        with workbook(columns, list(in_words(columns, rows, header)), [], title="", header=header) as file:
            return file.read()
    header, encoding = way.split()
    return csv_bytes(columns, in_words(columns, rows, header), header=header, encoding=encoding)


WAYS = ["zh utf-8", "code utf-8", "en utf-8", "zh gb18030", "code gb18030", "xlsx", "xlsx en"]


@pytest.mark.breadth
@pytest.mark.parametrize(
    "way", [*WAYS, *more("zh utf-8 codes", "en utf-8 codes", "zh gb18030 codes", "xlsx codes", "xlsx en codes")]
)
@given(title=TYPED, words=TYPED)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_text_comes_back_as_it_was(plan, way, title, words):
    title, words = taken(title), taken(words)
    if not title or words is None:
        return
    figures = Observation.objects.filter(component__code="I-01", component__indicator__plan=plan)
    figure = judged_observations(plan, TODAY).filter(component__code="I-01")[0]
    figure.source.title = title
    figure.source.save()
    figures.filter(pk=figure.pk).update(published_text=words, note=words)

    stored = judged_observations(plan, TODAY).filter(pk=figure.pk)
    data = written([observation_row(row, plan.slug, logins=False) for row in stored], way)
    rows = list(tell(plan, io.BytesIO(data), today=TODAY))

    assert [row.state for row in rows if row.reason != "只读一张工作表；“说明”没有读"] == ["same"], rows
