"""One row approved by itself, as the review desk does it: by the services that take many."""

from evidence.models import PublicEvidence
from evidence.services import approve_many
from updates.models import StatusUpdate
from updates.services import approve_updates


def approve_update(row: StatusUpdate, *, edition: int, by) -> StatusUpdate:
    return approve_updates(row.item.plan, [(row.pk, edition)], by=by)[0]


def approve_evidence(row: PublicEvidence, *, edition: int, by) -> PublicEvidence:
    return approve_many(row.item.plan, [(row.pk, edition)], by=by)[0]
