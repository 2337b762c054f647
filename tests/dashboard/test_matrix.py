"""Who names what: direct and group mentions, empty rows and columns, orphans, files, the sentences of a cell."""

import csv
import io
import re

import pytest

from dashboard.matrix import by_industry
from dashboard.mentions import find_cell, read_matrix
from plan.models import Focus, Industry, Item, Link
from tests.factories import make_plan

# How rows are worded and arranged. That these pages' queries run is asked of both databases elsewhere: without
# reports by tests/test_pages.py, with those of the demo by tests/training/test_words.py.
pytestmark = pytest.mark.one_database

ROOT = "/sz-sti-14/"
KEYS = ("clusters", "platforms", "actions")


def make_item(plan, code, kind, parent=None, title="") -> Item:
    paragraph = plan.paragraphs.first()
    return Item.objects.create(
        plan=plan,
        code=code,
        kind=kind,
        parent=parent,
        order=plan.items.count(),
        title=title or code,
        title_en=code,
        section=paragraph.section,
        paragraph=paragraph,
        quote=paragraph.text,
        start=0,
        end=2,
    )


def make_industry(plan, code, level, name, parent=None) -> Industry:
    item = make_item(plan, f"X-{plan.items.count() + 1}", "industry_group")
    order = plan.industries.count()
    return Industry.objects.create(
        plan=plan, code=code, level=level, name=name, name_en=name, parent=parent, item=item, order=order
    )


@pytest.fixture
def small(db):
    """Two clusters, one with an area; a group of two, a group of one with the same name, a future industry."""
    plan = make_plan()
    group = make_industry(plan, "G-1", "group", "电子")
    make_industry(plan, "G-1.1", "cluster", "芯片", group)
    make_industry(plan, "G-1.2", "cluster", "屏幕", group)
    alone = make_industry(plan, "G-2", "group", "新材料")
    make_industry(plan, "G-2.1", "cluster", "新材料", alone)
    make_industry(plan, "F-1", "future", "量子")
    cluster = make_item(plan, "C-01", "cluster")
    area = make_item(plan, "C-01.1", "area", cluster)
    make_item(plan, "C-02", "cluster")
    for item, industry, name in [(cluster, "G-1", "电子"), (area, "G-1.1", "芯片"), (area, "G-2", "新材料")]:
        industry = plan.industries.get(code=industry)
        Focus.objects.create(item=item, industry=industry, name=name, order=0)
    Focus.objects.create(item=area, industry=None, name="人工智能", order=1)
    return plan


def test_group_s_name_covers_its_clusters_and_is_told_from_their_own(small):
    matrix = read_matrix(small, "clusters")

    counted = {
        (cell.row.code, cell.column.code): (cell.direct, cell.indirect)
        for _row, cells in matrix.lines
        for cell in cells
        if cell.mentions
    }
    assert counted == {
        ("C-01", "G-1.1"): (1, 1),
        ("C-01", "G-1.2"): (0, 1),
        ("C-01", "G-2.1"): (1, 0),
    }
    assert [head.code for head in matrix.empty_rows] == ["C-02"]
    assert [head.code for head in matrix.empty_columns] == ["F-1"]
    assert [head.code for head in matrix.only_indirect] == ["G-1.2"]
    assert [(row.code, [focus.name for focus in names]) for row, names in matrix.outsiders] == [
        ("C-01", ["人工智能"])
    ]
    assert matrix.groups == [("电子", 2), ("新材料", 1), ("", 1)]


def test_empty_cell_is_missing_and_not_zero(small):
    matrix = read_matrix(small, "clusters")

    depths = [cell.depth for cell in matrix.lines[1][1]]
    assert depths == [None, None, None, None]
    assert matrix.tied == 3


def test_matrix_of_nothing_is_empty():
    matrix = by_industry("clusters", "cluster", [], [], [])

    assert (matrix.lines, matrix.empty_rows, matrix.empty_columns, matrix.groups) == ([], [], [], [])


@pytest.mark.parametrize("key", KEYS)
def test_reading_a_matrix_takes_as_many_queries_with_more_rows(small, django_assert_max_num_queries, key):
    with django_assert_max_num_queries(3):
        assert read_matrix(small, key).lines is not None
    for number in range(3, 6):
        make_item(small, f"C-0{number}", "cluster")
        make_item(small, f"P-{number}", "platform")
        make_item(small, f"A-0{number}", "action")

    with django_assert_max_num_queries(3):
        assert len(read_matrix(small, key).lines) >= 3


def test_plan_s_own_gaps_are_named(plan, client):
    html = client.get(f"{ROOT}matrix/").content.decode()
    gaps = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", html.split('class="gaps"')[1]))

    assert "没有任何集群区提及的产业 F-6 深地深海 F-8 量子信息" in gaps
    assert "没有点名任何产业的集群区 C-07 前海（宝安）深港创新集群区" in gaps


def test_orphans_of_actions_and_indicators_are_named(plan):
    matrix = read_matrix(plan, "actions")

    assert [head.code for head in matrix.empty_columns] == ["I-01", "I-04", "I-06", "I-07", "T-02"]
    assert [head.code for head in matrix.empty_rows] == ["A-05", "A-06", "A-07", "A-09"]
    served = {head.code: [item.code for item in items] for head, items in matrix.orphans}
    assert served["I-01"] == ["B-4"]
    assert served["T-02"] == []
    judged = Link.objects.filter(source__plan=plan, source__kind="measure", target__kind="indicator")
    assert sum(len(cell.mentions) for _row, cells in matrix.lines for cell in cells) == judged.count()


@pytest.mark.parametrize("key", KEYS)
def test_every_cell_of_the_page_leads_to_its_sentences(plan, client, key):
    html = client.get(f"{ROOT}matrix/?axes={key}&as_of=2023-06-30").content.decode()
    links = re.findall(rf'href="({ROOT}matrix/[A-Z][^"?]+/)\?as_of=2023-06-30"', html)
    matrix = read_matrix(plan, key)

    assert len(links) == len(set(links)) == matrix.tied
    page = client.get(links[0] + "?as_of=2023-06-30").content.decode()
    assert "<mark>" in page
    assert re.search(rf'href="{ROOT}text/\?as_of=2023-06-30#p\d+"', page)


def test_every_mention_stands_in_the_words_it_is_quoted_from(plan):
    for key in KEYS:
        lines = read_matrix(plan, key).lines
        mentions = [mention for _row, cells in lines for cell in cells for mention in cell.mentions]
        assert mentions, key
        for mention in mentions:
            assert mention.words in mention.item.paragraph.text, (key, mention)


def test_cell_says_how_each_sentence_names_it(plan, client):
    html = client.get(f"{ROOT}matrix/C-01/G-1.1/").content.decode()

    assert "提到所在组" in html
    assert "<mark>新一代电子信息</mark>" in html
    assert "没有任何一句话" in client.get(f"{ROOT}matrix/C-07/F-8/").content.decode()


@pytest.mark.parametrize("codes", ["C-99/G-1.1", "C-01/G-1", "C-01/I-01", "I-01/C-01", "A-01/G-1.1", "X-1/Y-1"])
def test_cell_of_unknown_codes_is_a_404_that_names_them(plan, client, codes):
    response = client.get(f"{ROOT}matrix/{codes}/")

    assert response.status_code == 404
    assert "关联矩阵中没有" in response.content.decode()
    assert find_cell(plan, *codes.split("/")) is None


@pytest.mark.parametrize("key", KEYS)
def test_files_hold_one_row_a_mention(plan, client, key):
    data = client.get(f"{ROOT}matrix.csv?axes={key}")
    body = client.get(f"{ROOT}matrix.json?axes={key}").json()

    rows = list(csv.DictReader(io.StringIO(data.content.decode("utf-8-sig"))))
    matrix = read_matrix(plan, key)
    assert len(rows) == body["count"] == sum(len(c.mentions) for _row, cells in matrix.lines for c in cells)
    assert {(row["row"], row["column"]) for row in rows} == set(matrix.cells)


@pytest.mark.parametrize("key", KEYS)
def test_figure_has_a_cell_for_each_pair(plan, client, key):
    figure = client.get(f"{ROOT}matrix/figure.json?axes={key}&as_of=2023-06-30").json()
    matrix = read_matrix(plan, key)

    (trace,) = figure["data"]
    assert trace["type"] == "heatmap"
    assert [len(row) for row in trace["z"]] == [len(matrix.columns)] * len(matrix.rows)
    assert sum(depth is not None for row in trace["z"] for depth in row) == matrix.tied
    assert {address[-17:] for row in trace["customdata"] for address in row if address} == {"?as_of=2023-06-30"}


@pytest.mark.parametrize("address", ["matrix/", "matrix.csv", "matrix/figure.json"])
def test_unknown_axes_are_refused_by_name(plan, client, address):
    response = client.get(f"{ROOT}{address}?axes=people")

    assert response.status_code == 400
    assert "axes" in response.content.decode()


def test_picture_and_table_each_have_an_address_and_gaps_are_tinted(plan, client):
    chart = client.get(f"{ROOT}matrix/").content.decode()
    table = client.get(f"{ROOT}matrix/?axes=platforms&show=table").content.decode()

    assert 'class="plotted heat alone clusters"' in chart
    assert 'class="data grid"' in chart  # for who reads without scripts
    assert "plotted" not in table
    assert f'href="{ROOT}matrix/?axes=platforms&amp;show=chart"' in table
    assert re.search(r'<tr class="blank"><th scope="row"><a href="/sz-sti-14/clusters/C-07/"', chart)
    assert client.get(f"{ROOT}matrix/?show=map").status_code == 400


def test_no_label_of_the_picture_is_cut_in_either_language(plan, client, settings):
    for language in ("zh-hans", "en"):
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        for axes in KEYS:
            layout = client.get(f"{ROOT}matrix/figure.json?axes={axes}").json()["layout"]
            labels = layout["xaxis"]["ticktext"] + layout["yaxis"]["ticktext"]
            assert not [label for label in labels if "…" in label]
