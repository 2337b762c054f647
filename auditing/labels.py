"""What names and codes in the log mean: as the columns they were taken from call them.

An event keeps names of columns and codes of choices. What it was about says which table they are of; what is of
none has its word in audit/wording.py.
"""

from functools import lru_cache

from django.db.models import Field, Model

from accounts.models import AdminAct, ApiToken, Organisation, Role, User
from accounts.wording import PERMISSION_WORDS
from assessments.models import Finding, Note, Round
from audit.wording import FIELDS, VALUES
from dashboard.models import SavedBrief
from desk.models import ImportBatch
from evidence.models import PublicEvidence
from indicators.models import Observation, Target
from indicators.shown.wording import LINEAR
from jobs.models import Job
from judging import ladder
from notices.models import NoticeKind
from plan.badges import INDICATOR_WORDS
from plan.models import Source
from reports.models import SavedReport
from talk.models import Comment
from updates.models import StatusUpdate
from webhooks.models import Hook

# What stands before the dot of an action, and the table it is about.
TABLES: dict[str, type[Model]] = {
    "account": User,
    "act": AdminAct,
    "brief": SavedBrief,
    "evidence": PublicEvidence,
    "figure": Observation,
    "finding": Finding,
    "import": ImportBatch,
    "job": Job,
    "note": Note,
    "organisation": Organisation,
    "report": SavedReport,
    "round": Round,
    "talk": Comment,
    "target": Target,
    "token": ApiToken,
    "update": StatusUpdate,
    "webhook": Hook,
}
# A change of a verdict is kept by the time-based method's code; pages have the ladder's word for it.
STANDINGS = LINEAR | {key: INDICATOR_WORDS[state] for key, state in ladder.LINEAR.items()}
# Wishes are kept by the kind of notice they are about.
NOTICES = dict(NoticeKind.choices)
WORDS = {**STANDINGS, **VALUES, **PERMISSION_WORDS, **dict(Role.choices), **dict(Source.Rank.choices)}


def name_label(action: str, name: str) -> str:
    """What a name of an event of this action means; the name itself where nothing says it."""
    field = _fields(action.partition(".")[0]).get(name)
    return str(field.verbose_name if field else FIELDS.get(name, NOTICES.get(name, name)))


def value_label(action: str, name: str, value: str) -> str:
    """What a code means; the text itself where it is none."""
    field = _fields(action.partition(".")[0]).get(name)
    choices = dict(field.flatchoices) if field else {}
    return str(choices.get(value) or WORDS.get(value, value))


@lru_cache
def _fields(family: str) -> dict[str, Field]:
    """The columns of a family's table that have a name for people, by their own."""
    model = TABLES.get(family)
    fields = model._meta.concrete_fields if model else ()
    return {field.name: field for field in fields if field.verbose_name != field.name.replace("_", " ")}
