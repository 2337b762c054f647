"""A plan that is like the first one in nothing: codes, headings, no English, no tables, words that run on."""

import pytest
from django.core.management import call_command
from django.urls import get_resolver

from plan.converters import is_code
from plan.fixtures import BrokenFixtures, read_plan
from plan.models import Plan
from plan.services import load_plan
from tests.plan import small

TEXT = """# 第四章　加快建设

开头的话。

## 第二节　重大工程

### 一、装置

建设甲装置，开展乙研究。

### 专栏3　重大项目

推动丙产业发展，要做好三件事：

一是建设丁基地；

二是完善戊制度。

## 没有编号的一节

研发强度达到7%。专利达到20件。

## 第二节　编号重复的一节

打造己片区。
"""
PLAN = """
slug = "any"
title = "另一规划"
starts_on = 2026-01-01
ends_on = 2030-12-31
published_on = 2026-05-26
[source]
title = "另一规划"
"""


def item(code: str, kind: str, section: str, words: str, parent: str = "", entries: str = "") -> str:
    above = f'parent = "{parent}"\n' if parent else ""
    return (
        f'[[item]]\ncode = "{code}"\nkind = "{kind}"\n{above}section = "{section}"\ntitle = "{words[:8]}"\n'
        f'quote = """{words}"""\n{entries}'
    )


INDICATOR = """
[[indicator]]
code = "指标一"
section = "4.3"
title = "研发强度"
quote = "研发强度达到7%"
nature = "expected"
unit = "%"
direction = "up"
  [[indicator.component]]
  code = "指标一.a"
  accumulation = "level"
  target_type = "point"
  target_value = "7"
  target_year = 2030
  target_text = "7"
"""
ENTRY = '  [[item.entry]]\n  code = "{code}"\n  kind = "project"\n  phrase = "{phrase}"\n'
ITEMS = [
    item("GC1", "platform", "4.2.1", "建设甲装置，开展乙研究。"),
    item("重点任务1", "platform_task", "4.2.1", "开展乙研究", "GC1"),
    item("A_b.2-c", "pillar", "4.3", "专利达到20件"),
    item("行动.1", "action", "4.2.专栏3", "推动丙产业发展，要做好三件事：一是建设丁基地；二是完善戊制度。"),
    item(
        "措施-一", "measure", "4.2.专栏3", "一是建设丁基地；二是完善戊制度", "行动.1",
        ENTRY.format(code="基地_1", phrase="丁基地") + ENTRY.format(code="制度2", phrase="戊制度"),
    ),
    item("区①", "cluster", "4.4", "打造己片区"),
    item("保1", "safeguard", "4", "开头的话"),
]  # fmt: skip


def write(folder, *, items=ITEMS, indicator=INDICATOR, text=TEXT, plan=PLAN):
    folder.mkdir(exist_ok=True)
    for name, words in (("plan", plan), ("任务", "".join(items)), ("indicators", indicator)):
        (folder / f"{name}.toml").write_text(words, encoding="utf-8")
    (folder / "text.md").write_text(text, encoding="utf-8")
    (folder / "observations.csv").write_text(
        f"{small.COLUMNS}\n指标一,指标一.a,%,2026,6.8,preliminary,2026-11-01,公报\n", encoding="utf-8"
    )
    return folder


@pytest.fixture
def any_plan(db, tmp_path):
    call_command("load_plan", str(write(tmp_path / "any")), verbosity=0)
    return Plan.objects.get(slug="any")


def test_a_folder_of_three_files_is_a_plan(any_plan):
    assert list(any_plan.sections.values_list("number", flat=True)) == [
        "0", "4", "4.2", "4.2.1", "4.2.专栏3", "4.3", "4.4",
    ]  # fmt: skip
    assert any_plan.short == "另一规划"
    assert set(any_plan.items.values_list("title_en", flat=True)) == {""}
    assert any_plan.items.count() == 10
    indicator = any_plan.items.get(code="指标一").indicator
    assert (indicator.short, indicator.components.get().name) == ("研发强度", "研发强度")
    assert not indicator.in_table


def test_words_that_run_on_stand_whole_on_the_page_and_beside_each_paragraph(any_plan, client):
    action = any_plan.items.get(code="行动.1")
    base = any_plan.items.get(code="基地_1")

    assert action.quote == "推动丙产业发展，要做好三件事：\n一是建设丁基地；\n二是完善戊制度。"
    assert (action.paragraph.text, action.last_paragraph.text) == (
        "推动丙产业发展，要做好三件事：",
        "二是完善戊制度。",
    )
    assert base.paragraph.text[base.start : base.end] == "丁基地"
    page = client.get("/any/items/行动.1/", follow=True).content.decode()
    assert page.index("推动丙产业发展，要做好三件事：") < page.index("丁基地") < page.index("戊制度")
    text = client.get("/any/text/").content.decode()
    after = text.rsplit("二是完善", 1)[1]
    assert "行动.1" in after.split("没有编号的一节")[0], "the last paragraph names what runs on into it"


@pytest.mark.parametrize(
    "slug", ["plans", "api", "assess", "Any", "另一", "..", "a/b", "%2e", "a" * 51, "a_b", "-"]
)
def test_a_folder_says_an_address_that_its_plan_can_be_reached_at(tmp_path, slug):
    """plans was loaded and hid behind the list of plans; a/b took that list down for all."""
    words = PLAN.replace('slug = "any"', f'slug = "{slug}"')
    with pytest.raises(BrokenFixtures) as refused:
        read_plan(write(tmp_path / "any", plan=words))
    assert "plan.toml: slug: 地址由小写英文字母" in str(refused.value)


@pytest.mark.breadth
def test_the_same_folder_again_changes_nothing(any_plan, tmp_path, capsys):
    call_command("load_plan", str(tmp_path / "any"))

    assert " 0 行写入" in capsys.readouterr().out


def walked(prefix="", patterns=None):
    """Every address below a plan that takes a code, as the resolver has it."""
    for found in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(found.pattern)
        if hasattr(found, "url_patterns"):
            yield from walked(route, found.url_patterns)
        elif "<code:code>" in route:
            yield route


def addresses(plan):
    kinds = {"indicators": "indicator", "platforms": "platform", "pillars": "pillar", "actions": "action"}
    kinds |= {"clusters": "cluster", "safeguards": "safeguard"}
    fields = {"<slug:slug>": plan.slug, "<format:format>": "csv", "<picture:kind>": "svg"}
    for route in walked():
        path = route.replace("<code:component>", "指标一.a")
        for name, value in fields.items():
            path = path.replace(name, value)
        folder = next((word for word in kinds if f"/{word}/<code" in path), "")
        rows = plan.items.filter(kind=kinds[folder]) if folder else plan.items.all()
        if "industries/" not in path and "<slug:round>" not in path:
            yield from (f"/{path.replace('<code:code>', row.code)}" for row in rows)


@pytest.mark.breadth
def test_every_address_takes_every_code(any_plan, client):
    tried = list(addresses(any_plan))

    assert len(tried) > 60
    for address in tried:
        # 405: what only takes a form.
        assert client.get(address).status_code in (200, 302, 405), address
    for page in ("", "items/", "status/", "gaps/", "changes/?from=2026-06-01", "search/?q=建设", "text/"):
        assert client.get(f"/any/{page}").status_code == 200, page
    found = client.get("/api/v1/any/items/").json()["results"]
    assert {row["code"] for row in found} == set(any_plan.items.values_list("code", flat=True))
    assert all(client.get(row["url"]).status_code == 200 for row in found)


@pytest.mark.parametrize(
    "code", ["", "P 1", "P/1", "P\t1", "-1", "1.", "methods", "a-b", "甲、乙", "x1.csv", "9" * 41, "../1"]
)
def test_a_code_that_no_address_takes_is_refused_in_words(tmp_path, code):
    with pytest.raises(BrokenFixtures) as refused:
        read_plan(write(tmp_path / "any", items=[item(code, "safeguard", "4", "开头的话")]))

    assert not is_code(code)
    assert str(refused.value)


@pytest.mark.parametrize("code", ["I-01", "P-1.1-03", "GC1", "重点任务1", "任务一", "A_b.2-c", "1", "Ⅲ"])
def test_sensible_codes_are_taken(code):
    assert is_code(code)


@pytest.mark.parametrize("slug", ["plans/x", "api", "audit", "另一"])
def test_a_plan_may_not_take_the_address_of_a_page(db, tmp_path, slug):
    with pytest.raises(BrokenFixtures, match="slug"):
        load_plan(write(tmp_path / "any", plan=PLAN.replace('"any"', f'"{slug}"')))

    assert not Plan.objects.filter(title="另一规划").exists()
