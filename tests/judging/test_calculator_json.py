import copy

import pytest

from judging.calculator_json import assess_request
from judging.terms import Cutoffs, InvalidInput

BODY = {
    "base_year": 2020,
    "base_value": "5.46",
    "target_year": 2025,
    "target": {"type": "range_floor", "direction": "up", "low": "5.5", "high": "6"},
    "observations": [{"year": 2023, "value": "5.47", "status": "preliminary"}],
}


def ask(body):
    return assess_request(body, Cutoffs())


def test_answer_has_the_words_and_decimal_strings_of_the_contract():
    assert ask(BODY) == {
        "final_verdict": "pending",
        "provisional": True,
        "first_attained_year": None,
        "latest_year": 2023,
        "basis": "exact",
        "linear": {
            "status": "behind",
            "reason": None,
            "progress": "0.25",
            "lead": "0.416666666667",
            "expected": "5.484",
        },
        "cagr": {"status": "insufficient", "reason": None, "ratio": "0.4176310251"},
    }


def test_list_of_bodies_gives_a_list():
    assert ask([BODY, BODY]) == [ask(BODY)] * 2


def test_components_give_the_joint_verdict():
    other = BODY | {"observations": [{"year": 2023, "value": "6"}]}

    answer = ask({"components": [BODY, other]})

    assert [part["linear"]["status"] for part in answer["components"]] == ["behind", "achieved"]
    assert (answer["linear"], answer["cagr"]) == ({"status": "behind"}, {"status": "insufficient"})
    assert answer["final_verdict"] == "pending"


def test_body_without_base_or_figures_has_a_reason():
    answer = ask(BODY | {"base_year": None, "base_value": None, "observations": []})

    assert answer["linear"] == {
        "status": "not_assessable",
        "reason": "no_baseline",
        "progress": None,
        "lead": None,
        "expected": None,
    }


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (("base_value",), "abc", "base_value"),
        (("base_value",), True, "base_value"),
        (("base_value",), "1e31", "base_value"),
        (("base_value",), "1e-31", "base_value"),
        (("base_year",), None, "base_year"),
        (("base_year",), "2020", "base_year"),
        (("base_year",), 2025, "target_year"),
        (("target_year",), None, "target_year"),
        (("target",), [], "target"),
        (("target", "direction"), None, "target.direction"),
        (("target", "type"), "goal", "target.type"),
        (("target", "low"), "7", "target.low"),
        (("target", "value"), "7", "target.value"),
        (("target", "color"), "red", "target.color"),
        (("observations",), {}, "observations"),
        (("observations", 0, "value"), "NaN", "observations[0].value"),
        (("observations", 0, "year"), 99999, "observations[0].year"),
        (("observations", 0, "year"), 1899, "observations[0].year"),
        (("target_year",), 2201, "target_year"),
        (("observations", 0, "status"), "guess", "observations[0].status"),
        (("extra",), 1, "extra"),
        (("accumulation",), "total", "accumulation"),
    ],
)
def test_bad_body_names_the_field(path, value, field):
    body = copy.deepcopy(BODY)
    place = body
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value

    with pytest.raises(InvalidInput) as error:
        ask(body)

    assert error.value.field == field


def test_the_first_and_the_last_year_are_taken():
    early = BODY | {"observations": [{"year": 1900, "value": "5"}, *BODY["observations"]]}

    assert ask(early)["latest_year"] == 2023
    assert ask(BODY | {"target_year": 2200})["final_verdict"] == "pending"


def test_number_of_thousands_of_digits_is_refused_by_name():
    with pytest.raises(InvalidInput) as error:
        ask(BODY | {"base_value": 10**5000})

    assert error.value.field == "base_value"


def test_bad_body_in_a_list_or_a_component_says_which():
    with pytest.raises(InvalidInput) as in_list:
        ask([BODY, {}])
    with pytest.raises(InvalidInput) as in_components:
        ask({"components": [BODY, {"target": {}}]})

    assert in_list.value.field == "[1].target"
    assert in_components.value.field.startswith("components[1].")


@pytest.mark.parametrize("depth", [2, 500])
def test_list_in_a_list_is_refused_at_any_depth(depth):
    """Readers may post this: 300 brackets used to end in a RecursionError, status 500."""
    body = BODY
    for _ in range(depth):
        body = [body]

    with pytest.raises(InvalidInput) as error:
        ask(body)

    assert error.value.field == "[0].body"


def test_limit_of_bodies_counts_the_parts_of_compounds():
    assert len(ask([{"components": [BODY] * 10}] * 2)) == 2

    with pytest.raises(InvalidInput) as error:
        ask([{"components": [BODY] * 501}] * 2)

    assert error.value.field == "body"


NEW = {"base_year": 2020, "target_year": 2025, "target": {"type": "point", "direction": "up", "value": "5"}}


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"path": ["5.5"]}, "path"),
        ({"path": {"next": "5.5"}}, "path.next"),
        ({"path": {"2022": None}}, "path.2022"),
        ({"path": {"2022": "high"}}, "path.2022"),
        ({"path": {"2026": "5"}}, "path"),
        ({"path": {"2022": "3"}, "accumulation": "mean"}, "path"),
        ({"observations": [{"year": 2023, "value": "4", "precision": "about"}]}, "observations[0].precision"),
        ({"observations": [{"year": 2023, "value": "4", "exclusive": "yes"}]}, "observations[0].exclusive"),
        ({"observations": [{"year": 2023, "value": "4", "exclusive": True}]}, "observations[0].exclusive"),
        ({"observations": [{"year": 2023, "value": "4", "exklusive": True}]}, "observations[0].exklusive"),
        ({"target": {"type": "range_inside", "low": "1", "high": "2"}, "accumulation": "sum"}, "target.type"),
        ({"target": {"type": "done"}, "accumulation": "sum"}, "accumulation"),
        ({"target": {"type": "done", "value": "1"}}, "target.value"),
        ({"target": {"type": "done", "direction": "up"}}, "target.direction"),
        ({"target": {"type": "done"}, "observations": [{"year": 2023, "value": "0.5"}]}, "observations[0].value"),
        ({"base_year": None, "accumulation": "every_year"}, "base_year"),
    ],
)
def test_bad_new_kind_names_the_field(more, field):
    with pytest.raises(InvalidInput) as error:
        ask(NEW | more)

    assert error.value.field == field


def test_answer_says_what_it_rests_on():
    bound = {"year": 2025, "value": "5", "precision": "lower_bound", "exclusive": True}

    assert ask(NEW | {"observations": [bound]})["basis"] == "bound"
    assert ask(NEW)["basis"] is None
