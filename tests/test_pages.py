"""Every page in both languages, its files, its query budget, and what it says when asked wrongly."""

import csv
import gzip
import io
import json
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import find
from django.test import Client
from django.urls import resolve

from accounts.permissions import Permission as P
from indicators.files.columns import OBSERVATION, PROGRESS
from indicators.models import Component
from indicators.verdicts.stored import recompute
from plan.exports.items import ITEM_COLUMNS
from plan.params import today
from shenzhen_plan import sheets
from shenzhen_plan.access import ACCESS
from shenzhen_plan.access import FILES as FILE_VIEWS
from tests.breadth import more
from tests.factories import make_observation
from tests.markup import faults_of
from tests.status_words import strange_words

ROOT = "/sz-sti-14/"
PAGES = [
    "",
    "indicators/",
    "indicators/I-01/",
    "indicators/I-04/",
    "indicators/I-05/",
    "indicators/T-02/",
    "platforms/",
    "platforms/P-1/",
    "pillars/",
    "pillars/S-2/",
    "industries/",
    "industries/G-1/",
    "industries/F-6/",
    "actions/",
    "actions/A-05/",
    "clusters/",
    "clusters/C-06/",
    "safeguards/",
    "safeguards/B-6/",
    "kinds/goal_dimension/",
    "items/",
    "items/?kind=project&q=实验室",
    "items/P-1.1/",
    "items/P-1.1-07/",
    "items/O-1.2/",
    "items/A-05.2/",
    "items/C-06.2/",
    "text/",
    "coverage/",
    "coverage/?judged=none",
    "search/",
    "search/?q=量子",
    "changes/",
    "changes/?from=2022-07-07",
    "changes/?from=2022-07-07&group=day",
    "items/I-04/history/",
    "items/P-1/history/",
    "search/?q=量子&kind=text",
    "indicators/?view=table",
    "indicators/?view=bullet",
    "indicators/?years=all&sort=-lead",
    "evidence/",
    "evidence/?says=unfinished",
    "matrix/",
    "matrix/?axes=platforms",
    "matrix/?axes=actions",
    "matrix/C-06/G-1.2/",
    "matrix/C-07/F-8/",
    "status/",
    "gaps/",
    "gaps/?organisation=-",
    "units/",
    "brief/",
    "brief/?since=2023-01-31&items=I-01,I-04",
    "methods/",
    "wall/",
    "releases/",
    "text/?coverage=none&words=量子",
    "text/?status=behind",
    "indicators/I-07/?path=growth",
    "guide/",
    "guide/official/",
    "guide/analyst/",
    "guide/reporter/",
    "guide/evaluator/",
    "guide/planner/",
]
FILES = [
    "indicators",
    "indicators/I-07",
    "observations",
    "wide",
    "items",
    "items/P-1.1",
    "platforms",
    "platforms/P-1",
    "pillars",
    "pillars/S-1",
    "industries",
    "industries/G-4",
    "actions",
    "actions/A-01",
    "clusters",
    "clusters/C-11",
    "safeguards",
    "safeguards/B-1",
    "kinds/goal_dimension",
    "items/I-07/history",
    "matrix",
    "status",
    "gaps",
    "evidence",
]

# The methods page explains the methods' words; no other has a word of its own for a state.
EXPLAINS = {"methods/"}
# Read by anybody and no page of the list: pieces of a page, and pages of their own frame with tests of their own.
NO_PAGES = {"home", "indicators:figure", "matrix_figure", "plan:version", "schema"}
NO_PAGES |= {"plans_atom", "plans_rss", "sitemap", "unit_calendar"}
OWN_TESTS = {"unit", "report_desk", "styleguide", "verify", "plans", "desk:release", "desk:release_file"}


def test_every_page_for_readers_is_in_the_list():
    """Those of reports and evaluations show rows that their own tests make (tests/updates, tests/assessments)."""
    listed = {resolve(f"{ROOT}{page}".partition("?")[0]).view_name for page in PAGES}
    rooms = ("api_", "updates:", "assessments:")
    read = {name for name, entry in ACCESS.items() if entry is P.READ and not name.startswith(rooms)}

    assert read - FILE_VIEWS - NO_PAGES - OWN_TESTS - listed == set(), "add an address of it to PAGES"


@pytest.mark.parametrize("language", ["zh-hans", *more("en")])
@pytest.mark.parametrize("page", PAGES)
def test_page_answers_in_its_language(plan, client, page, language):
    """Once for all that is asked of a page as it is sent: its frame, and the words it has for a state."""
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language

    response = client.get(ROOT + page)

    html = response.content.decode()
    assert response.status_code == 200
    assert f'<html lang="{"en" if language == "en" else "zh-CN"}">' in html
    assert len(re.findall(r"<h1\b", html)) == 1
    assert " style=" not in html
    # What describes the data is no script: a browser runs none of it.
    assert not re.findall(r'<script(?![^>]*\bsrc=| type="application/ld\+json")', html)
    assert page in EXPLAINS or strange_words(html, language) == []


@pytest.mark.breadth
@pytest.mark.parametrize("page", [page for page in PAGES if page not in ("text/", "search/", "wall/")])
def test_page_as_of_a_day_says_so_and_keeps_it_in_its_links(plan, client, page):
    mark = "&" if "?" in page else "?"

    html = client.get(f"{ROOT}{page}{mark}as_of=2023-06-30").content.decode()

    links = re.findall(rf'href="({ROOT}[^"#.]*?/(?:\?[^"]*)?)"', html)
    kept = [link for link in links if "as_of=2023-06-30" in link]
    assert "正在查看截至 2023年6月30日" in html
    assert len(kept) >= 5


@pytest.mark.parametrize(
    ("page", "budget"),
    [("", 13), ("indicators/I-01/", 12), ("indicators/I-04/", 12), ("platforms/", 5), ("items/P-1.1/", 14)],
)
def test_page_stays_within_its_query_budget(plan, client, django_assert_max_num_queries, page, budget):
    with django_assert_max_num_queries(budget):
        client.get(ROOT + page)


@pytest.mark.breadth
@pytest.mark.parametrize("language", ["zh", *more("en")])
def test_no_page_has_what_validators_find(plan, client, language):
    """Raw signs, microseconds in times, names on plain elements, landmarks that share a name."""
    client.cookies["django_language"] = {"zh": "zh-hans", "en": "en"}[language]
    found = {page: faults_of(client.get(ROOT + page).content.decode()) for page in PAGES}

    assert {page: faults for page, faults in found.items() if faults} == {}


def test_the_reader_of_markup_sees_what_it_is_to_see():
    for fault in (
        "<p>a <0 b</p>",
        '<time datetime="2024-01-01T10:00:00.123456+08:00"></time>',
        '<div aria-label="x"></div>',
        '<nav aria-label="x"></nav><nav aria-label="x"></nav>',
        '<h2 id="a">x</h2><section aria-labelledby="a"></section><div role="region" aria-label="x"></div>',
    ):
        assert len(faults_of(fault)) == 1, fault
    assert faults_of('<nav aria-label="x"></nav><nav aria-label="y"></nav><div role="group" aria-label="x">') == []


def test_overview_is_at_most_forty_kilobytes_on_the_wire(plan, client):
    """As it is sent, compressed; and no more than three times that to be read."""
    page = client.get(ROOT).content  # with the styles of its first screen
    others = [Path(find("css/print.css")), *(Path(find(f"js/{name}.js")) for name in ("site", "live"))]
    styles = sheets.minified(settings.BASE_DIR / "static", "css/site.css").encode()
    sent = [page, styles, *(path.read_bytes() for path in others)]

    assert sum(len(gzip.compress(one, 6)) for one in sent) < 40_000
    assert sum(map(len, sent)) < 130_000


@pytest.mark.breadth
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_overview_itself_is_at_most_fifty_five_kilobytes(plan, client, language):
    page = client.get(ROOT, headers={"accept-language": language})

    assert len(page.content) <= 55 * 1024


def test_what_stands_on_the_first_screen_has_its_styles_before_it_and_the_rest_after_it(plan, client):
    head, _main, body = client.get(ROOT).content.decode().partition("<main")
    first, link, rest = body.partition('<link rel="stylesheet" href="/static/css/site.css">')

    assert "<style>" in head
    assert 'rel="stylesheet"' not in head + first
    assert link
    assert 'class="cells"' in first
    assert 'class="lines"' in first
    assert 'id="commitments"' in rest
    # Paper comes after what it changes, as on every other page.
    assert rest.strip().startswith('<link rel="stylesheet" href="/static/css/print.css" media="print">')


def test_overview_draws_what_was_published_and_says_what_never_was(plan, client):
    html = client.get(ROOT).content.decode()

    parts = Component.objects.filter(indicator__plan=plan)
    used = parts.filter(observations__state="approved").distinct().count()
    heard = parts.filter(observations__isnull=False).distinct().count()
    # A strip for what has a figure, a word for what has none.
    assert html.count('<svg class="way') == used == 6
    assert html.count('line-part">从未公布<') == parts.count() - heard
    # Both parts of one indicator, which says it once.
    assert (heard - used, html.count('line-part">公布过的数没有采用<')) == (2, 1)
    assert ">3 项暂无数据</a>（2 项从未公布）" in re.sub(r"</?span[^>]*>", "", html)
    assert "规划期已结束，处于总结评估阶段" in html
    assert html.count("暂无数据") >= 4
    # Of each kind in one sentence, while nobody has reported; what is promised and public stands below it.
    assert re.sub(r"\s|<[^>]+>", "", html).count("尚无单位填报") == 4


def test_indicator_page_derives_its_verdict_with_the_real_numbers(plan, client):
    html = client.get(f"{ROOT}indicators/I-07/?as_of=2026-01-31").content.decode()
    html = re.sub(r'<a href="#[^"]+">([^<]+)</a>', r"\1", html)

    assert "基期 2020 年为 18,600家；到 2024 年时间过去 80.0 %，按直线应为 21,320家。" in html
    assert "进度比 = 188.2 % ÷ 80.0 % = 235.2 %" in html
    assert "超2.4万家" in html
    assert "下限表述" in html


@pytest.mark.parametrize(("language", "colon", "end"), [("zh-hans", "：", "；"), ("en", ": ", "; ")])
def test_the_methods_page_counts_every_verdict_so_that_they_add_up(plan, client, language, colon, end):
    component = plan.items.get(code="I-05").indicator.components.get()
    make_observation(component, 2025, "1400.5", released="2026-03-01")
    recompute(plan, as_of=today(), cause="test")

    html = client.get(f"{ROOT}methods/", headers={"accept-language": language}).content.decode()

    summary = re.search(r'<p class="sub">((?:截至所选日期|As of the chosen day)[^<]*)</p>', html)[1]
    for counted, words in zip(summary.split(end), ("8", "9"), strict=True):
        head, told = counted.split(colon)
        assert words in head
        assert sum(map(int, re.findall(r"\d+", told))) == int(words)
        assert ("未实现 1" if language == "zh-hans" else "Not achieved 1") in told


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-hans", ("如期实现", "无基期，仅比目标", "无法评价", "从不进位：99.99 % 不会写成 100 %。")),
        ("en", ("Achieved on time", "No baseline", "never rounded up: 99.99% never reads 100%.")),
    ],
)
def test_the_methods_page_explains_every_word_in_use(plan, client, language, words):
    html = client.get(f"{ROOT}methods/", headers={"accept-language": language}).content.decode()

    legend = html.split('<p class="words">')[1].split("</p>")[0]
    for word in words[:-1]:
        assert word in legend
    assert words[-1] in html


def test_rejected_statement_is_shown_with_its_reason(plan, client):
    html = client.get(f"{ROOT}indicators/I-01/").content.decode()

    assert "不采用" in html
    assert "这是 2021 年的数" in html


def test_disagreements_of_text_and_table_are_shown(plan, client):
    assert "每万人口 / 每万人" in client.get(f"{ROOT}indicators/I-03/").content.decode()
    assert "万亿 / 万亿元" in client.get(f"{ROOT}text/").content.decode()


@pytest.mark.breadth
@pytest.mark.parametrize("name", FILES)
def test_file_at_the_same_address_as_csv_and_json(plan, client, name):
    data = client.get(f"{ROOT}{name}.csv")
    body = client.get(f"{ROOT}{name}.json").json()

    text = data.content.decode("utf-8")
    assert text.count("\ufeff") == 1
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text[1:])))
    assert int(data["X-Row-Count"]) == len(rows) > 0
    assert data["X-As-Of"] == body["as_of"]
    results = body.get("observations", body.get("results"))
    assert len(results) == len(rows)


@pytest.mark.breadth
def test_files_have_the_columns_of_the_contract(plan, client):
    def head(address):
        return client.get(ROOT + address).content.decode("utf-8-sig").splitlines()[0].split(",")

    assert head("indicators.csv") == list(PROGRESS)
    assert head("indicators.csv?header=zh") == [column.zh for column in PROGRESS.values()]
    assert head("observations.csv") == list(OBSERVATION)
    assert head("indicators/I-01.csv") == list(OBSERVATION)
    assert head("items.csv") == list(ITEM_COLUMNS)


def test_csv_in_gb18030_opens_as_such(plan, client):
    data = client.get(f"{ROOT}items.csv?encoding=gb18030&header=zh").content

    assert data.decode("gb18030").startswith("编码,类别,标题")


def test_progress_file_reconciles_with_the_page(plan, client):
    rows = csv.DictReader(io.StringIO(client.get(f"{ROOT}indicators.csv").content.decode("utf-8-sig")))
    by_code = {row["component"]: row for row in rows}

    assert by_code["I-01"] | {"as_of": "", "source_title": ""} == {
        "code": "I-01",
        "component": "I-01",
        "indicator": "全社会研发投入占地区生产总值比重",
        "unit": "%",
        "baseline_year": "2020",
        "baseline_value": "5.46",
        "target_operator": "range_floor",
        "target_low": "5.5",
        "target_high": "6",
        "target_year": "2025",
        "target_text": "5.5-6",
        "latest_year": "2024",
        "latest_value": "6.67",
        "value_status": "final",
        "released_on": "2025-12-19",
        "source_title": "",
        "linear_status": "achieved",
        "linear_progress": "",
        "linear_lead": "",
        "cagr_status": "achieved",
        "cagr_ratio": "",
        "final_verdict": "pending",
        "as_of": "",
        "rule_version": "2026.2",
        "linear_reason": "short_road",
        "cagr_reason": "short_road",
        "latest_precision": "exact",
        "direction": "up",
    }
    assert by_code["I-04.1"]["indicator"] == "大型科学仪器设备使用率、开放率（使用率）"
    assert by_code["I-04.2"]["indicator"] == "大型科学仪器设备使用率、开放率（开放率）"
    assert by_code["I-05"]["latest_value"] == by_code["I-05"]["linear_lead"] == ""


def test_figure_of_every_component_is_json_of_scatter_traces(plan, client):
    for code, component in [("I-01", "I-01"), ("I-04", "I-04.2"), ("I-07", "I-07"), ("T-02", "T-02")]:
        figure = client.get(f"{ROOT}indicators/{code}/figure/{component}.json").json()

        assert {trace["type"] for trace in figure["data"]} <= {"scatter"}
        assert figure["layout"]["shapes"]


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("/no-such-plan/", "没有规划“no-such-plan”"),
        ("/sz-sti-14/indicators/I-99/", "没有指标“I-99”"),
        ("/sz-sti-14/items/X-1/", "没有条目“X-1”"),
        ("/sz-sti-14/platforms/A-01/", "没有条目“A-01”"),
        ("/sz-sti-14/nothing/", "没有这一页"),
        ("/sz-sti-14/indicators/I-01/figure/I-02.json", "没有分项"),
        ("/api/v1/no-such-plan/items/", "没有规划"),
    ],
)
def test_unknown_address_is_a_404_in_words(plan, client, address, word):
    response = client.get(address)

    html = response.content.decode()
    assert response.status_code == 404
    assert word in html
    # Within a plan the way on is its own menu.
    of_plan = address.startswith("/sz-sti-14/") and not address.endswith(".json")
    assert ('<nav class="menu fold"' in html) == of_plan


@pytest.mark.parametrize(
    ("address", "parameter"),
    [
        ("/sz-sti-14/?as_of=yesterday", "as_of"),
        ("/sz-sti-14/?as_of=2023-02-30", "as_of"),
        ("/sz-sti-14/?as_of=20230630", "as_of"),
        ("/sz-sti-14/?as_of=2999-01-01", "as_of"),
        ("/sz-sti-14/?as_of=1900-01-01", "as_of"),
        ("/sz-sti-14/items/?kind=thing", "kind"),
        ("/sz-sti-14/search/?q=%00", "q"),
        ("/api/v1/sz-sti-14/items/?q=a%00b&parent=", "q"),
        ("/sz-sti-14/items/?page=0", "page"),
        ("/sz-sti-14/items/?page=99", "page"),
        ("/plans/?page=%C2%B2", "page"),
        ("/plans/?page=99", "page"),
        ("/styleguide/?page=%C2%B2", "page"),
        ("/sz-sti-14/indicators/I-07/?year=x", "year"),
        ("/sz-sti-14/indicators/I-07/?what_if=I-99", "what_if"),
        ("/sz-sti-14/items.csv?header=latin", "header"),
        ("/sz-sti-14/items.csv?encoding=gb2312", "encoding"),
        ("/api/v1/sz-sti-14/items/?page_size=1001", "page_size"),
        ("/api/v1/sz-sti-14/items/?page_size=x", "page_size"),
        ("/api/v1/sz-sti-14/items/?page=1000", "page"),
        ("/api/v1/sz-sti-14/items/?kind=thing", "kind"),
        ("/api/v1/sz-sti-14/items/?status=fine", "status"),
        ("/api/v1/sz-sti-14/items/?parent=Z-1", "parent"),
        ("/api/v1/sz-sti-14/items/?section=9.9", "section"),
        ("/api/v1/sz-sti-14/items/?industry=Z-9", "industry"),
        ("/api/v1/sz-sti-14/items/?updated_since=soon", "updated_since"),
        ("/api/v1/sz-sti-14/observations/?year=1", "year"),
        ("/api/v1/sz-sti-14/observations/?component=I-99", "component"),
        ("/api/v1/sz-sti-14/indicators/?as_of=x", "as_of"),
    ],
)
def test_bad_parameter_is_a_400_that_names_it(plan, client, address, parameter):
    response = client.get(address)

    assert response.status_code == 400
    assert parameter in response.content.decode()
    if address.startswith("/api/"):
        assert response.json()["parameter"] == parameter


def test_script_in_a_search_is_shown_as_text(plan, client):
    html = client.get(f"{ROOT}search/", {"q": "<script>alert(1)</script>"}).content.decode()

    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html


def test_search_finds_substrings_of_two_characters_and_english(plan, client):
    assert "粤港澳大湾区量子科学中心" in re.sub(
        "</?mark>", "", client.get(f"{ROOT}search/?q=量子").content.decode()
    )
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert "Peng Cheng Laboratory" in re.sub(
        "</?mark>", "", client.get(f"{ROOT}search/?q=pengcheng").content.decode()
    )


def test_bare_address_leads_to_the_default_plan(plan, client):
    assert client.get("/?as_of=2023-06-30").url == f"{ROOT}?as_of=2023-06-30"


def test_policy_allows_nothing_from_elsewhere(plan, client):
    policy = client.get(ROOT)["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.breadth
@pytest.mark.parametrize("page", ["", "indicators/I-01/"])
def test_first_pages_carry_their_styles_and_the_policy_lets_just_those_in(plan, client, page):
    answer = client.get(ROOT + page)
    policy = answer["Content-Security-Policy"]

    styles = re.findall(r"<style>(.*?)</style>", answer.content.decode(), re.DOTALL)

    assert styles
    for style in styles:
        assert f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" in policy
    assert "unsafe-inline" not in policy
    head = answer.content.decode().split("<main")[0]
    assert not re.findall(r'<link rel="stylesheet"(?![^>]*media="print")', head)


def test_while_styles_are_worked_on_they_are_linked(plan, client, settings):
    settings.DEBUG = True

    page = client.get(ROOT).content.decode()

    assert "<style>" not in page
    assert '<link rel="stylesheet" href="/static/css/site.css">' in page


def test_closed_site_sends_readers_to_sign_in(plan, client, settings):
    settings.PUBLIC_READ = False

    assert client.get(ROOT).url.startswith("/accounts/login/?next=/sz-sti-14/")
    assert client.get("/api/v1/plans/").status_code == 403
    assert client.get("/accounts/login/").status_code == 200
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_reading_pages_refuse_writing(plan, method):
    client = Client(enforce_csrf_checks=True)

    assert getattr(client, method)(ROOT).status_code in (403, 405)
    assert getattr(client, method)("/api/v1/sz-sti-14/items/").status_code in (403, 405)


def test_json_of_an_indicator_has_its_standing(plan, client):
    body = client.get(f"{ROOT}indicators/I-07.json").json()

    assert body["progress"][0]["linear_status"] == "achieved"
    assert json.dumps(body)


@pytest.mark.breadth
def test_what_if_says_what_the_verdict_would_be_and_stores_nothing(plan, client):
    address = f"{ROOT}indicators/I-07/?what_if=I-07&year=2025&value="

    met = client.get(address + "22001").content.decode()
    equal = client.get(address + "22000").content.decode()

    assert "提前实现" in met
    assert "已实现" in met
    assert "未如期实现" in equal
    assert "22000" not in client.get(f"{ROOT}observations.csv").content.decode()
    assert client.get(address + "many").status_code == 400
    assert client.get(address.replace("2025", "2031") + "1").status_code == 400


def test_text_size_is_remembered_in_the_browser_and_leads_back(plan, client):
    """i18n/text-size/ (text_size): a cookie, no account; never a redirect to another host."""
    larger = client.post("/i18n/text-size/", {"size": "larger", "next": ROOT})
    elsewhere = client.post("/i18n/text-size/", {"size": "normal", "next": "//example.org/"})

    assert (larger.url, elsewhere.url) == (ROOT, "/")
    assert client.post("/i18n/text-size/", {"size": "huge"}).status_code == 400
