"""评估: rounds, the notes evaluators write in them, what follows from a note, and the report of a round."""

from assessments.models.chapters import (
    ChapterReturn,
    ChapterStep,
    Opinion,
    OpinionStep,
    ReportChapter,
    ReportFront,
    ReportVersion,
)
from assessments.models.findings import Evidence, Finding, FindingStep
from assessments.models.notes import Note, NoteComment, NoteEditor, NoteStep
from assessments.models.rounds import PERSON, Assignment, RaisedQuerySet, Round, RoundStep

__all__ = [
    "PERSON",
    "Assignment",
    "ReportChapter",
    "ChapterReturn",
    "ChapterStep",
    "Evidence",
    "Finding",
    "FindingStep",
    "Note",
    "NoteComment",
    "NoteEditor",
    "NoteStep",
    "Opinion",
    "OpinionStep",
    "RaisedQuerySet",
    "ReportFront",
    "ReportVersion",
    "Round",
    "RoundStep",
]
