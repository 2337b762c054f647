from rest_framework import serializers

from assessments.exports import note_row


class NoteSerializer(serializers.Serializer):
    """A published note; the same keys as the CSV (assessments.columns)."""

    plan = serializers.CharField()
    round = serializers.CharField()
    round_name = serializers.CharField()
    round_kind = serializers.CharField()
    cut_off = serializers.DateField()
    item = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.CharField()
    conclusion = serializers.CharField()
    conclusion_text = serializers.CharField()
    computed = serializers.CharField(allow_null=True)
    difference_reason = serializers.CharField()
    progress = serializers.CharField()
    results = serializers.CharField()
    problems = serializers.CharField()
    causes = serializers.CharField()
    remedies = serializers.CharField()
    adjustment = serializers.CharField()
    adjustment_reason = serializers.CharField()
    adjustment_document = serializers.CharField()
    forecast_value = serializers.CharField(allow_null=True)
    forecast = serializers.CharField()
    evidence = serializers.ListField(child=serializers.CharField())
    organisation = serializers.CharField(allow_null=True)
    published_on = serializers.DateField()
    rule_version = serializers.CharField(allow_null=True)
    url = serializers.CharField()

    def to_representation(self, step):
        address = self.context["request"].build_absolute_uri("/").rstrip("/")
        return super().to_representation(note_row(step, self.context["slug"], address))
