"""The clusters' schematic, and the slot for an approved map that needs its approval number."""

import pytest
from django.core.checks import run_checks

from clusters.approved_map import approved_map, map_has_its_approval_number
from clusters.queries import named_industries

ROOT = "/sz-sti-14/clusters/"
PNG = bytes.fromhex("89504e470d0a1a0a")


def test_schematic_has_a_tile_a_cluster_and_says_that_it_is_no_map(plan, client):
    html = client.get(ROOT).content.decode()

    frame = html.split('class="schematic"')[1].split("</figure>")[0]
    assert "<figcaption><strong>示意布局（非地图，不表示行政区域界线和实际位置）</strong></figcaption>" in frame
    assert frame.count("<h2>") == 11
    assert "规划未点名产业" in html
    assert "审图号" not in html


@pytest.mark.breadth
def test_every_cluster_is_there_once_and_the_table_has_all_its_industries(plan, client):
    schematic = client.get(ROOT).content.decode()
    table = client.get(f"{ROOT}?view=table").content.decode()

    assert schematic.count(f'href="{ROOT}C-03/"') == table.count(f'href="{ROOT}C-03/"') == 1
    assert f'href="{ROOT}?view=table#C-03">全部 15 个产业</a>' in schematic
    row = table.split('id="C-03"')[1].split("</tr>")[0]
    assert row.count('class="chip"') == 15
    assert 'class="schematic"' not in table
    assert client.get(f"{ROOT}?view=map").status_code == 400


def test_tile_names_the_industries_of_the_cluster_and_its_areas_once(plan):
    cluster = plan.items.get(code="C-09")

    names = [focus.name for focus in named_industries(plan)[cluster.pk]]

    assert names == ["软件与信息服务", "数字创意", "智能机器人", "现代时尚", "人工智能"]


def test_without_settings_there_is_no_map(plan, client):
    assert approved_map("sz-sti-14") is None
    assert map_has_its_approval_number(None) == []
    assert client.get(f"{ROOT}map/").status_code == 404


def test_approved_map_is_shown_with_its_number(plan, client, settings, tmp_path):
    path = tmp_path / "map.png"
    path.write_bytes(PNG)
    settings.MAP_IMAGE, settings.MAP_APPROVAL_NUMBER = str(path), "粤S（2024）001号"

    html = client.get(ROOT).content.decode()
    picture = client.get(f"{ROOT}map/")

    assert "粤S（2024）001号" in html
    assert f'src="{ROOT}map/"' in html
    assert picture["Content-Type"] == "image/png"
    assert b"".join(picture.streaming_content) == PNG
    assert approved_map("another-plan") is None


@pytest.mark.parametrize(
    ("image", "number", "word"),
    [
        ("map.png", "", "MAP_APPROVAL_NUMBER"),
        ("", "粤S（2024）001号", "MAP_IMAGE"),
        ("map.svg", "粤S（2024）001号", "map.svg"),
        ("gone.png", "粤S（2024）001号", "没有文件"),
    ],
)
def test_half_a_map_is_refused_by_the_check_and_not_shown(plan, client, settings, tmp_path, image, number, word):
    for name in ("map.png", "map.svg"):
        (tmp_path / name).write_bytes(PNG)
    settings.MAP_IMAGE, settings.MAP_APPROVAL_NUMBER = str(tmp_path / image) if image else "", number

    problems = [error.msg for error in run_checks() if error.id == "clusters.E001"]

    assert len(problems) == 1
    assert word in problems[0]
    assert client.get(f"{ROOT}map/").status_code == 404
    assert "approved-map" not in client.get(ROOT).content.decode()
