import pytest

from studio import services
from tests.factories import make_person
from tests.studio.scene import FRAME, TEXT


@pytest.fixture
def planner():
    return make_person("planner", "planner")


@pytest.fixture
def second():
    return make_person("second", "planner")


@pytest.fixture
def draft(planner):
    row = services.start(slug="some-30", template="five-year-plan", frame=FRAME, by=planner)
    return services.take_text(row, TEXT, by=planner, edition=row.edition)[0]
