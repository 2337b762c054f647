from django.urls import path

from assessments import views, views_files, views_findings, views_form, views_notes, views_report, views_rounds

app_name = "assessments"
ROUND, NOTE, FINDING = (
    "assessments/rounds/<slug:round>/",
    "assessments/notes/<int:pk>/",
    "assessments/findings/<int:pk>/",
)
JOB = "assessments/reports/<int:job>/"
urlpatterns = [
    path("assessments/", views.index, name="index"),
    path("assessments.<format:format>", views.file, name="file"),
    path("assessments/work/", views.work, name="work"),
    path("assessments/queue/", views.queue, name="queue"),
    path("assessments/rounds/new/", views_rounds.round_new, name="round_new"),
    path(ROUND, views.round, name="round"),
    path(f"{ROUND}edit/", views_rounds.round_edit, name="round_edit"),
    path(f"{ROUND}step/", views_rounds.round_step, name="round_step"),
    path(f"{ROUND}board/", views.board, name="board"),
    path(f"{ROUND}assign/", views_rounds.assign, name="assign"),
    path(f"{ROUND}items/<code:code>/", views_notes.item_note, name="item_note"),
    path(f"{ROUND}report/", views_report.report, name="report"),
    path(f"{ROUND}report/build/", views_report.report_build, name="report_build"),
    path(JOB, views_report.report_job, name="report_job"),
    path(f"{JOB}state/", views_report.report_state, name="report_state"),
    path(f"{JOB}cancel/", views_report.report_cancel, name="report_cancel"),
    path(f"{JOB}file/", views_report.report_file, name="report_docx"),
    path(NOTE, views_notes.note, name="note"),
    path(f"{NOTE}edit/", views_form.note_edit, name="note_edit"),
    path(f"{NOTE}save/", views_form.note_save, name="note_save"),
    path(f"{NOTE}step/", views_notes.note_step, name="note_step"),
    path(f"{NOTE}comments/", views_notes.remark, name="comment"),
    path(f"{NOTE}pinned/", views_notes.pinned, name="pinned"),
    path(f"{NOTE}steps/<int:step>/", views_notes.past, name="past"),
    path(f"{NOTE}print/", views_notes.note_print, name="note_print"),
    path(f"{NOTE}files/<int:file>/", views_files.note_file, name="note_evidence"),
    path(f"{NOTE}findings/new/", views_findings.finding_new, name="finding_new"),
    path("assessments/findings/", views_findings.findings, name="findings"),
    path(FINDING, views_findings.finding, name="finding"),
    path(f"{FINDING}respond/", views_findings.finding_respond, name="finding_respond"),
    path(f"{FINDING}step/", views_findings.finding_step, name="finding_step"),
    path(f"{FINDING}files/<int:file>/", views_files.finding_file, name="finding_evidence"),
]
