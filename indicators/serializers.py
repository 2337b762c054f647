"""What the API's answers about indicators and figures hold, for its own description; every key is a contract.

The answers themselves are made elsewhere (indicators.api, indicators.many, judging.calculator_json): a test holds
each of them to what is said here.
"""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from indicators.models import Component, Indicator, Observation, Target
from indicators.shown.wording import CAGR, FINAL, LINEAR_STATUSES
from judging.statements import PRECISIONS, VALUE_STATUSES
from judging.terms import ACCUMULATIONS, TARGET_TYPES
from plan.serializers import ItemFields

DECIMAL = {"help_text": "A number as text, so that no digit of it is lost."}
CODES_OF_CAGR = [*CAGR, "no_data"]
CODES_OF_LINEAR = list(LINEAR_STATUSES)
STATES = ("new", "same", "changed", "ask", "passed", "refused")


def decimal(**how):
    """A number as the API writes it."""
    return serializers.CharField(**DECIMAL, **how)


@extend_schema_field({"oneOf": [{"type": "string"}, {"type": "number"}], "description": "A number, or its text."})
class NumberField(serializers.CharField):
    """A number as the calculator takes it: text keeps every digit."""


class ObservationSerializer(serializers.Serializer):
    """A published figure: the keys of the CSV, and what the statement was."""

    plan = serializers.CharField()
    code = serializers.CharField(help_text="Code of the indicator.")
    component = serializers.CharField()
    indicator = serializers.CharField()
    unit = serializers.CharField()
    year = serializers.IntegerField()
    value = decimal()
    value_status = serializers.ChoiceField(Observation.ValueStatus.choices)
    released_on = serializers.DateField()
    source_title = serializers.CharField()
    source_url = serializers.CharField()
    entered_by = serializers.CharField(help_text="An organisation; to whoever has signed in, a login.")
    approved_at = serializers.CharField(help_text="A moment in ISO form; empty where nobody approved it here.")
    precision = serializers.ChoiceField(Observation.Precision.choices)
    exclusive = serializers.BooleanField(help_text="Of a bound: the number itself is excluded.")
    in_force = serializers.BooleanField(help_text="The release of its year that counts.")
    known_on = serializers.CharField(help_text="The day of approved_at.")
    state = serializers.ChoiceField([("approved", ""), ("rejected", "")])
    published_text = serializers.CharField()
    note = serializers.CharField()


class LinearSerializer(serializers.Serializer):
    """Method A, linear in time."""

    status = serializers.ChoiceField(CODES_OF_LINEAR)
    reason = serializers.CharField(allow_null=True)
    progress = decimal(allow_null=True)
    lead = decimal(allow_null=True)
    expected = decimal(allow_null=True)


class CagrSerializer(serializers.Serializer):
    """Method B, the ratio of compound growth."""

    status = serializers.ChoiceField(CODES_OF_CAGR)
    reason = serializers.CharField(allow_null=True)
    ratio = decimal(allow_null=True)


class VerdictSerializer(serializers.Serializer):
    """Both methods and the final verdict, in the words of docs/methods.md."""

    final_verdict = serializers.ChoiceField(list(FINAL))
    provisional = serializers.BooleanField()
    first_attained_year = serializers.IntegerField(allow_null=True)
    latest_year = serializers.IntegerField(allow_null=True)
    basis = serializers.ChoiceField(["exact", "bound"], allow_null=True)
    linear = LinearSerializer()
    cagr = CagrSerializer()


class WholeLinearSerializer(serializers.Serializer):
    status = serializers.ChoiceField(CODES_OF_LINEAR)


class WholeCagrSerializer(serializers.Serializer):
    status = serializers.ChoiceField(CODES_OF_CAGR)


class WholeVerdictSerializer(serializers.Serializer):
    """Of an indicator of several parts: each part's verdict, and the worst of them."""

    components = VerdictSerializer(many=True)
    linear = WholeLinearSerializer()
    cagr = WholeCagrSerializer()
    final_verdict = serializers.ChoiceField(list(FINAL))


class TargetBodySerializer(serializers.Serializer):
    """Types point and strict take `value`, ranges `low` and `high`, done none of them."""

    type = serializers.ChoiceField(list(TARGET_TYPES))
    direction = serializers.ChoiceField(Indicator.Direction.choices, required=False, allow_null=True)
    value = NumberField(required=False, allow_null=True)
    low = NumberField(required=False, allow_null=True)
    high = NumberField(required=False, allow_null=True)


class FigureBodySerializer(serializers.Serializer):
    year = serializers.IntegerField(min_value=1900, max_value=2200)
    value = NumberField(required=False, allow_null=True)
    status = serializers.ChoiceField(list(VALUE_STATUSES), required=False)
    precision = serializers.ChoiceField(list(PRECISIONS), required=False)
    exclusive = serializers.BooleanField(required=False)


class AssessBodySerializer(serializers.Serializer):
    """What the calculator judges; the inputs of a stored verdict are such a body."""

    base_year = serializers.IntegerField(required=False, allow_null=True, min_value=1900, max_value=2200)
    base_value = NumberField(required=False, allow_null=True)
    target_year = serializers.IntegerField(min_value=1900, max_value=2200)
    target = TargetBodySerializer()
    observations = FigureBodySerializer(many=True, required=False)
    accumulation = serializers.ChoiceField(list(ACCUMULATIONS), required=False)
    path = serializers.DictField(
        child=serializers.CharField(), required=False, allow_null=True, help_text='Yearly targets: {"2021": "5.5"}'
    )


class AssessPartsSerializer(serializers.Serializer):
    """An indicator of several parts."""

    components = AssessBodySerializer(many=True)


class BaselineSerializer(serializers.Serializer):
    year = serializers.IntegerField(allow_null=True)
    value = decimal(allow_null=True)


class TargetVersionSerializer(serializers.Serializer):
    """A target as it was decided; version 1 is the plan's own."""

    version = serializers.IntegerField()
    type = serializers.ChoiceField(Target.Type.choices)
    value = decimal(allow_null=True)
    low = decimal(allow_null=True)
    high = decimal(allow_null=True)
    year = serializers.IntegerField()
    path = serializers.DictField(child=serializers.CharField())
    text = serializers.CharField()
    effective_on = serializers.DateField(allow_null=True)


class ContinuesSerializer(serializers.Serializer):
    """The component of an earlier plan that one goes on from."""

    plan = serializers.CharField()
    component = serializers.CharField()
    note = serializers.CharField(allow_blank=True)
    note_en = serializers.CharField(allow_blank=True)


class ComponentSerializer(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    name_en = serializers.CharField()
    accumulation = serializers.ChoiceField(Component.Accumulation.choices)
    continues = ContinuesSerializer(allow_null=True)
    baseline = BaselineSerializer()
    targets = TargetVersionSerializer(many=True)
    latest = ObservationSerializer(allow_null=True)
    inputs = AssessBodySerializer()
    verdict = VerdictSerializer()


class IndicatorSerializer(ItemFields):
    """An item, and what is judged of it."""

    # A number here and text in /items/, as it always was.
    progress = serializers.FloatField(allow_null=True)
    unit = serializers.CharField()
    direction = serializers.ChoiceField(Indicator.Direction.choices)
    nature = serializers.ChoiceField(Indicator.Nature.choices)
    in_table = serializers.BooleanField()
    linear = WholeLinearSerializer()
    cagr = WholeCagrSerializer()
    final_verdict = serializers.ChoiceField(list(FINAL))
    rule_version = serializers.CharField()
    components = ComponentSerializer(many=True)


class IndicatorOfDaySerializer(IndicatorSerializer):
    """The same with its day."""

    as_of = serializers.DateField()
    known_by = serializers.DateField(required=False)


class CheckedRowSerializer(serializers.Serializer):
    """What one row or cell of a file would do."""

    sheet = serializers.CharField()
    row = serializers.IntegerField()
    cell = serializers.CharField()
    component = serializers.CharField()
    year = serializers.IntegerField(allow_null=True)
    value = serializers.CharField()
    state = serializers.ChoiceField(STATES)
    reason = serializers.CharField()


class CheckedFileSerializer(serializers.Serializer):
    rows = CheckedRowSerializer(many=True)
    counts = serializers.DictField(child=serializers.IntegerField())
