from rest_framework import serializers

from updates.exports import update_row


class UpdateSerializer(serializers.Serializer):
    """An approved status update; the same keys as the CSV (updates.columns)."""

    plan = serializers.CharField()
    item = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.CharField()
    organisation = serializers.CharField(allow_null=True)
    status_on = serializers.DateField()
    status = serializers.CharField()
    progress = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    done = serializers.CharField()
    problems = serializers.CharField()
    next_steps = serializers.CharField()
    milestones = serializers.ListField(child=serializers.CharField())
    attachments = serializers.ListField(child=serializers.CharField())
    known_on = serializers.DateField()
    url = serializers.CharField()

    def to_representation(self, update):
        address = self.context["request"].build_absolute_uri("/").rstrip("/")
        return super().to_representation(update_row(update, self.context["slug"], address))
