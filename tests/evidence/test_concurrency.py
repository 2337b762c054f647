"""One file of statements taken in twice at the same time is there once."""

from io import BytesIO

import pytest

from evidence.importing import import_drafts
from evidence.models import PublicEvidence
from tests.evidence.scene import as_csv, table
from tests.threads import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_imports_of_one_file_store_each_row_once(plan):
    before = PublicEvidence.objects.count()
    data = as_csv(table(5))

    told = together(lambda _index: import_drafts(plan, BytesIO(data), name="a.csv")[:2], 2)

    assert sorted(told) == [(0, 5), (5, 0)]
    assert PublicEvidence.objects.count() == before + 5
