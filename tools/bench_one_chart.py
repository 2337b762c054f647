"""An indicator's page beside one chart in Dash, in Chromium: cold profile, then warm, in alternating order.

    $BENCH_HOME/venvs/harness/bin/python tools/bench_one_chart.py HARNESS PRODUCT_ADDRESS DASH_ADDRESS ROUNDS

Prints medians of the first contentful paint and of the interactive chart standing, in ms, and their ratios.
"""

import statistics
import sys

harness, product, dash, rounds = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
sys.path.insert(0, harness)

from lib import browser  # noqa: E402

DRAWN = "document.querySelectorAll('{} .main-svg .scatterlayer .trace').length ? 9 : 0"


class Server:
    def __init__(self, base: str):
        self.base = base


def main() -> None:
    pages = {
        "product": (Server(product), {"path": "", "drawn": DRAWN.format(".trend.drawn")}),
        "dash": (Server(dash), {"path": "", "drawn": DRAWN.format(".dash-graph")}),
    }
    found: dict[str, list[dict]] = {name: [] for name in pages}
    for number in range(rounds + 1):
        for name in sorted(pages, reverse=bool(number % 2)):
            measured = browser.measure(*pages[name])
            if number:  # the first only wakes the servers
                found[name].append(measured)
    for key in ("cold_fcp_ms", "cold_drawn_ms", "warm_fcp_ms", "warm_drawn_ms", "cold_kb"):
        ours, theirs = (statistics.median(row[key] for row in found[name]) for name in pages)
        print(f"{key}: product {ours:.0f}, dash {theirs:.0f}, ratio {ours / theirs:.2f}")


main()
