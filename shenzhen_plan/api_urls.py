"""The API's addresses: /api/v1/… with its schema and a documentation page without foreign scripts."""

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from assessments import api as assessments
from dashboard import api as reports
from desk import api as desk
from evidence import api as evidence
from indicators import api as indicators
from plan import api as plan
from plan import api_root
from plan.models import Item
from reports import verify_views as verifying
from updates import api as updates

# Swagger writes style attributes as it draws; this page alone allows them, and still no foreign script.
# It is a page: what a program asks by OPTIONS the framework would put into a template there is none of.
page = SpectacularSwaggerSplitView.as_view(
    url_name="schema", template_name="api_docs.html", http_method_names=["get", "head"]
)
docs = csp_replace({"style-src": [SELF, UNSAFE_INLINE]})(page)

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", docs, name="api_docs"),
    path("v1/", api_root.Root.as_view(), name="api_root"),
    path("v1/plans/", plan.PlanList.as_view(), name="api_plans"),
    path("v1/assess/", indicators.Assess.as_view(), name="api_assess"),
    path("v1/observations.csv", indicators.AllObservations.as_view(), name="api_all_observations"),
    path("v1/verify/", verifying.VerifyUpload.as_view(), name="api_verify_file"),
    path("v1/verify/<str:sha256>/", verifying.VerifyFile.as_view(), name="api_verify"),
    path("v1/<slug:slug>/", api_root.PlanRoot.as_view(), name="api_plan"),
    path("v1/<slug:slug>/items/", plan.ItemList.as_view(), name="api_items"),
    path("v1/<slug:slug>/items/<code:code>/", plan.ItemDetail.as_view(), name="api_item"),
    path("v1/<slug:slug>/indicators/", indicators.IndicatorList.as_view(), name="api_indicators"),
    path("v1/<slug:slug>/indicators/<code:code>/", indicators.IndicatorDetail.as_view(), name="api_indicator"),
    path("v1/<slug:slug>/observations/", desk.Observations.as_view(), name="api_observations"),
    path("v1/<slug:slug>/observations/mine/", desk.OwnFigureList.as_view(), name="api_observations_mine"),
    path("v1/<slug:slug>/releases/", desk.ReleaseList.as_view(), name="api_releases"),
    path(
        "v1/<slug:slug>/observations/check/", indicators.ObservationCheck.as_view(), name="api_observations_check"
    ),
    path("v1/<slug:slug>/updates/", updates.UpdateList.as_view(), name="api_updates"),
    path("v1/<slug:slug>/updates/mine/", updates.OwnUpdateList.as_view(), name="api_updates_mine"),
    path("v1/<slug:slug>/evidence/", evidence.EvidenceList.as_view(), name="api_evidence"),
    path("v1/<slug:slug>/evidence/mine/", evidence.OwnEvidenceList.as_view(), name="api_evidence_mine"),
    path("v1/<slug:slug>/assessments/", assessments.NoteList.as_view(), name="api_assessments"),
    path("v1/<slug:slug>/assessments/mine/", assessments.OwnNoteList.as_view(), name="api_assessments_mine"),
    path("v1/<slug:slug>/platforms/", plan.KindList.as_view(kind=Item.Kind.PLATFORM), name="api_platforms"),
    path("v1/<slug:slug>/actions/", plan.KindList.as_view(kind=Item.Kind.ACTION), name="api_actions"),
    path("v1/<slug:slug>/clusters/", plan.KindList.as_view(kind=Item.Kind.CLUSTER), name="api_clusters"),
    path("v1/<slug:slug>/changes/", reports.ChangeList.as_view(), name="api_changes"),
]
