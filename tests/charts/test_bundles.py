"""Which plotly.js a page loads, with the partial bundles of npm and without them."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings as the_settings
from django.contrib.staticfiles import finders

from charts import bundles, heat
from plan.templatetags.site import plotly_js

ROOT = Path(bundles.__file__).parent.parent
INSTALLED = the_settings.NODE_MODULES / bundles.PARTIAL["basic"]


@pytest.fixture
def npm(tmp_path, settings):
    """A folder of packages such as npm leaves, with a bundle's name in place of its text."""
    settings.NODE_MODULES = tmp_path
    for bundle, place in bundles.PARTIAL.items():
        (tmp_path / place).parent.mkdir()
        (tmp_path / place).write_text(bundle)


@pytest.fixture
def no_npm(tmp_path, settings):
    settings.NODE_MODULES = tmp_path


@pytest.mark.parametrize(
    ("bundle", "file"),
    [("basic", "plotly-basic.min.js"), ("cartesian", "plotly-cartesian.min.js"), ("whole", "plotly.min.js")],
)
def test_a_page_loads_the_smallest_bundle_there_is(npm, bundle, file):
    assert plotly_js(bundle) == f"/static/vendor/{file}"
    assert Path(finders.find(f"vendor/{file}")).name == file


@pytest.mark.parametrize("bundle", ["basic", "cartesian", "whole"])
def test_without_npm_the_whole_file_of_the_wheel_stands_in(no_npm, bundle):
    assert plotly_js(bundle) == "/static/vendor/plotly.min.js"
    assert not finders.find("vendor/plotly-basic.min.js")
    assert Path(finders.find("vendor/plotly.min.js")).stat().st_size > 4_000_000


def test_collecting_takes_each_file_once_and_heeds_what_to_leave_out(npm):
    def collected(ignored):
        finder = next(found for found in finders.get_finders() if type(found).__name__ == "PlotlyFinder")
        return sorted(name for name, _storage in finder.list(ignored))

    assert collected([]) == ["plotly-basic.min.js", "plotly-cartesian.min.js", "plotly.min.js"]
    assert collected(["plotly-*"]) == ["plotly.min.js"]


def test_no_other_file_of_the_packages_is_served(npm):
    assert not finders.find("vendor/LICENSE")
    assert not finders.find("plotly-basic.min.js")


def test_npm_is_asked_for_the_version_inside_the_wheel():
    whole = bundles.files(ROOT)[bundles.WHOLE].read_text(encoding="utf-8")[:400]
    (version,) = re.findall(r"plotly\.js v([\d.]+)", whole)

    asked = json.loads((ROOT / "package.json").read_text())["dependencies"]

    assert asked == {Path(place).parent.name: version for place in bundles.PARTIAL.values()}
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert {name: locked[f"node_modules/{name}"]["version"] for name in asked} == asked


@pytest.mark.skipif(not INSTALLED.is_file(), reason="npm brought no bundle")
@pytest.mark.parametrize("bundle", bundles.PARTIAL)
def test_a_bundle_knows_the_traces_it_is_said_to_know(bundle):
    text = (the_settings.NODE_MODULES / bundles.PARTIAL[bundle]).read_text(encoding="utf-8")

    for trace in bundles.TRACES[bundle]:
        assert f'name:"{trace}"' in text
    assert 'name:"treemap"' not in text


def test_a_matrix_needs_no_trace_beyond_its_bundle():
    spots = ((heat.HeatCell(1.0, "●", "told", "/there/"), heat.HeatCell(None, "", "", "")),)
    figure = heat.figure(heat.Heat((("row",),), (("one",), ("two",)), spots))

    assert {trace["type"] for trace in figure["data"]} <= bundles.TRACES["cartesian"]
