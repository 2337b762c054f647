"""Many judgements at once give the words of one judgement each, for every input."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import example, given
from hypothesis import strategies as st

from judging.calculator_json import read_body
from judging.decimals import plain
from judging.judge_many import Case, exact, judge, share_text
from judging.progress import assess
from judging.terms import Cutoffs
from judging.verdict_basis import answer_basis, basis_text, figure_text, path_text, read_basis, rule_text

CUTOFFS = Cutoffs()
STEP = Decimal("1e-8")
STATUSES = ("final", "preliminary", "estimated", "revised")
numbers = st.decimals(-1000, 1000, places=4) | st.decimals(0, 1, places=8) | st.integers(-3, 3).map(Decimal)
large = st.decimals(-(10**21), 10**21, places=8)


def on_a_cut(y0, star, share, method):
    """The value that lies exactly on a share of the way, or of the growth, from y0 to a bound; years as below."""
    if method == "linear":
        return y0 + (star - y0) * share
    growth = (star / y0) ** (Decimal(1) / 5) - 1
    return (y0 * (1 + growth * share) ** 3).quantize(STEP)


@st.composite
def edges(draw):
    """A figure on, or one unit of the eighth decimal beside, a cut-off, the base or the bound."""
    y0, star = draw(st.sampled_from([("100", "200"), ("100", "161.051"), ("200", "100"), ("12.5", "12.6")]))
    y0, star, cut = Decimal(y0), Decimal(star), Decimal(draw(st.sampled_from(["0", "0.60", "0.95", "1.05", "1"])))
    method = draw(st.sampled_from(["linear", "growth"]))
    # The year 2023 of 2020 to 2025: three fifths of the time.
    share = cut * Decimal("0.6") if method == "linear" else cut
    y = draw(st.sampled_from([y0, star, on_a_cut(y0, star, share, method)])) + STEP * draw(st.integers(-2, 2))
    return y0, star, [(2023, y.quantize(STEP), draw(st.sampled_from(STATUSES)))]


KINDS = ("level", "level", "level", "cumulative", "sum", "mean", "growth", "annual_growth", "every_year")
PRECISIONS = ("exact", "exact", "exact", "exact", "lower_bound", "upper_bound")


@st.composite
def figures_of(draw, pool, *, done):
    """Figures by year; of a year without an exact one there may be several bounds."""
    years = st.integers(2018, 2028) if draw(st.booleans()) else st.integers(2021, 2025)
    values = st.sampled_from([Decimal(0), Decimal(1)]) if done else pool
    rows = st.tuples(years, values, st.sampled_from(STATUSES), st.sampled_from(PRECISIONS), st.booleans())
    drawn = sorted(draw(st.lists(rows, max_size=8)), key=lambda row: row[0])
    exact = {year: (year, value, status) for year, value, status, precision, _ in drawn if precision == "exact"}
    bounds = [row for row in drawn if row[3] != "exact" and row[0] not in exact]
    return sorted([*exact.values(), *bounds], key=lambda row: row[0])


@st.composite
def cases(draw):
    accumulation = draw(st.sampled_from(KINDS))
    types = ["point", "point", "strict", "range_floor"]
    if accumulation in ("level", "cumulative", "every_year"):
        types.append("range_inside")
    if accumulation == "level":
        types.append("done")
    kind = draw(st.sampled_from(types))
    if draw(st.booleans()) and kind != "done":
        y0, bound, figures = draw(edges())
    else:
        pool = draw(st.sampled_from([numbers, large]))
        y0, bound = draw(st.none() | pool), draw(pool)
        figures = draw(figures_of(pool, done=kind == "done"))
    other = bound + abs(draw(numbers))
    up = draw(st.booleans())
    # In order whatever the rounding of sums of very large numbers.
    low, high = sorted((bound, other) if up else (bound - (other - bound), bound))
    bounds = ("", plain(low), plain(high)) if kind.startswith("range") else (plain(bound), "", "")
    bounds = ("", "", "") if kind == "done" else bounds
    needs_base = y0 is not None or accumulation in ("sum", "mean", "every_year")
    base_year = "2020" if needs_base else draw(st.sampled_from(["2020", "2020", ""]))
    path = draw(st.dictionaries(st.sampled_from(["2021", "2022", "2024"]), numbers.map(plain), max_size=2))
    path = path_text(path) if accumulation == "level" and kind != "done" else ""
    known = ",".join(figure_text(row[0], plain(row[1]), *row[2:]) for row in figures)
    parts = (kind, "up" if up else "down", bounds, accumulation, known)
    base = "" if y0 is None else plain(y0)
    basis = basis_text(rule_text("1", CUTOFFS), base_year, base, "2025", *parts, path)
    kind, direction, bounds, accumulation, known = parts
    return Case(basis, direction, kind, accumulation, base_year, base, bounds, "2025", known, path)


def case(y0, bound, y, *, kind="point", up=True, status="final", year=2023):
    figures = figure_text(year, y, status)
    parts = (kind, "up" if up else "down", (bound, "", ""), "level", figures)
    basis = basis_text(rule_text("1", CUTOFFS), "2020", y0, "2025", *parts)
    return Case(basis, parts[1], kind, "level", "2020", y0, (bound, "", ""), "2025", figures)


def by_specification(one):
    """Words, share and year judged, from the basis alone by the calculator's own road."""
    body = read_basis(one.basis)
    cutoffs = Cutoffs(**{name: Decimal(value) for name, value in body.pop("cutoffs").items()})
    del body["rule_version"]
    found = assess(**read_body(body), cutoffs=cutoffs)
    share = share_text(found.linear.progress)
    latest = found.latest or found.heard
    year = latest.year if latest else None
    return (found.linear.status, found.cagr.status, found.final_verdict, share), year


@given(st.lists(cases(), min_size=1, max_size=12))
@example([case("100", "200", "157")])
@example([case("100", "200", "157.00000001"), case("100", "200", "156.99999999")])
@example([case("100", "161.051", "131.2932375"), case("100", "161.051", "131.29323749")])
@example([case("100", "22000", "22000", kind="strict"), case("100", "22000", "22000.00000001", kind="strict")])
@example([case("100", "200", "100"), case("100", "200", "99.99999999"), case("0", "0", "0")])
def test_many_at_once_give_the_words_of_one_each(batch):
    judged = judge(batch, CUTOFFS)

    for one, found in zip(batch, judged, strict=True):
        words, year = by_specification(one)
        years = [row["year"] for row in read_basis(one.basis)["observations"]]
        assert found[:4] == words, one
        assert (None if found.place is None else years[found.place]) == year
        assert exact(one, CUTOFFS)[:4] == words


@given(
    st.lists(cases(), min_size=1, max_size=8),
    st.lists(st.decimals("0.01", 2, places=3), min_size=3, max_size=3),
)
def test_other_cutoffs_agree_as_well(batch, cuts):
    cutoffs = Cutoffs(*cuts)

    for one, found in zip(batch, judge(batch, cutoffs), strict=True):
        assert found == exact(one, cutoffs)


def test_numbers_far_from_every_edge_are_decided_by_floats_as_by_the_specification():
    batch = [
        case(str(base), str(base * rise / 100), str(base * y / 1000), up=up, year=year)
        for base in (3, 170, 99991)
        for rise, up in ((140, True), (61, False))
        for y in range(403, 1700, 31)
        for year in (2021, 2024, 2025)
    ]

    assert judge(batch, CUTOFFS) == [exact(one, CUTOFFS) for one in batch]


def test_a_share_in_the_middle_of_two_is_rounded_as_by_the_specification():
    batch = [case("100", "200", f"142.00{end}5") for end in range(10, 100)]

    assert judge(batch, CUTOFFS) == [exact(one, CUTOFFS) for one in batch]


def test_a_share_fits_its_column_with_six_decimals_and_no_negative_zero():
    pairs = ((1, 3), (-1, 10**9), (5, 10**7), (2, 1), (10**14, 1))

    assert [share_text(Fraction(*pair)) for pair in pairs] == ["0.333333", "0.000000", "0.000000", "2.000000", ""]


def test_a_bound_of_a_basis_decides_as_the_calculator_says():
    bound = figure_text(2025, "26000", "preliminary", "lower_bound", exclusive=True)
    parts = ("strict", "up", ("22000", "", ""), "level", bound)
    basis = basis_text(rule_text("1", CUTOFFS), "2020", "18600", "2025", *parts)
    one = Case(basis, "up", "strict", "level", "2020", "18600", ("22000", "", ""), "2025", bound)

    assert judge([one], CUTOFFS)[0] == ("achieved", "achieved", "provisional_achieved", "", -1)
    assert answer_basis(basis)["basis"] == "bound"


def test_a_basis_gives_the_answer_of_the_calculator():
    found = answer_basis(case("100", "200", "142", status="preliminary").basis)

    assert (found["linear"]["status"], found["linear"]["lead"], found["provisional"]) == (
        "slightly_behind",
        "0.7",
        True,
    )
