from rest_framework import serializers

from plan.changes import Cause


class ChangeSerializer(serializers.Serializer):
    """Something that became known; the same keys as the CSV (dashboard.columns)."""

    day = serializers.DateField()
    cause = serializers.ChoiceField(Cause.choices)
    code = serializers.CharField(allow_null=True, help_text="Code of the item; null for all of the plan.")
    component = serializers.CharField(allow_null=True)
    title = serializers.CharField(allow_null=True)
    kind = serializers.CharField(allow_null=True)
    year = serializers.IntegerField(allow_null=True)
    old = serializers.CharField(allow_null=True, help_text="A figure as text, or a state's code.")
    new = serializers.CharField(allow_null=True)
    linear_before = serializers.CharField(allow_null=True)
    linear_after = serializers.CharField(allow_null=True)
    cagr_before = serializers.CharField(allow_null=True)
    cagr_after = serializers.CharField(allow_null=True)
    final_before = serializers.CharField(allow_null=True)
    final_after = serializers.CharField(allow_null=True)
    status_before = serializers.CharField(allow_null=True)
    status_after = serializers.CharField(allow_null=True)
    source_title = serializers.CharField(allow_null=True)
    source_url = serializers.CharField(allow_null=True)
    text = serializers.CharField(allow_null=True)
    url = serializers.CharField(allow_null=True)
    public_on = serializers.DateField(allow_null=True)
    learned_on = serializers.DateField(allow_null=True)
