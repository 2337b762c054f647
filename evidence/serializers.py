from rest_framework import serializers

from evidence.columns import evidence_row


class EvidenceSerializer(serializers.Serializer):
    """A published statement about a commitment; the same keys as the CSV (evidence.columns)."""

    plan = serializers.CharField()
    item = serializers.CharField()
    title = serializers.CharField()
    says = serializers.CharField()
    fact = serializers.CharField()
    phrase = serializers.CharField()
    number = serializers.DecimalField(max_digits=20, decimal_places=4, allow_null=True)
    unit = serializers.CharField()
    took_place_on = serializers.CharField(allow_null=True, help_text="As printed: YYYY-MM-DD, YYYY-MM or YYYY.")
    published_on = serializers.CharField(help_text="As printed: YYYY-MM-DD, YYYY-MM or YYYY.")
    publisher = serializers.CharField()
    source_title = serializers.CharField()
    source_url = serializers.CharField()
    document_number = serializers.CharField()
    rank = serializers.CharField()
    contradicts = serializers.IntegerField(allow_null=True)
    note = serializers.CharField()
    id = serializers.IntegerField()
    url = serializers.CharField()

    def to_representation(self, row):
        request = self.context["request"]
        address = request.build_absolute_uri("/").rstrip("/")
        return super().to_representation(evidence_row(row, self.context["slug"], address, request.as_of))
