from indicators.services import recompute
from plan.params import today
from tests.factories import make_observation


def _body(client):
    """Without the frame, whose forms carry a token of their own each time."""
    return client.get("/sz-sti-14/").content.split(b"<main")[1].split(b"</main>")[0]


def test_overview_is_remembered_until_something_changes(plan, client, django_assert_num_queries):
    first = _body(client)

    with django_assert_num_queries(1):
        assert _body(client) == first

    component = plan.items.get(code="I-05").indicator.components.get()
    make_observation(component, 2023, "1600", released="2024-03-01")
    recompute(plan, as_of=today(), cause="test")
    assert "1,600" in client.get("/sz-sti-14/").content.decode()


def test_overview_of_a_day_and_a_language_are_kept_apart(plan, client):
    today_page = client.get("/sz-sti-14/").content.decode()
    that_day = client.get("/sz-sti-14/?as_of=2023-06-30").content.decode()
    english = client.get("/sz-sti-14/", headers={"accept-language": "en"}).content.decode()

    assert "5.49" not in today_page
    assert "5.49" in that_day
    assert "Needs attention" in english
