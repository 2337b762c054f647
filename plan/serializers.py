from django.urls import reverse
from rest_framework import serializers

from plan.exports.items import item_row
from plan.models import Plan


class PlanSerializer(serializers.ModelSerializer):
    url = serializers.SerializerMethodField()
    api_url = serializers.SerializerMethodField()

    class Meta:
        model = Plan
        fields = ["slug", "title", "title_en", "starts_on", "ends_on", "published_on", "url", "api_url"]

    def get_url(self, plan) -> str:
        return self.context["request"].build_absolute_uri(plan.get_absolute_url())

    def get_api_url(self, plan) -> str:
        return self.context["request"].build_absolute_uri(reverse("api_plan", args=[plan.slug]))


class ItemFields(serializers.Serializer):
    """What every commitment has; every key is a contract (design: stable interfaces)."""

    code = serializers.CharField()
    kind = serializers.CharField(help_text="A kind of its plan; the filter `kind` lists them.")
    title = serializers.CharField()
    title_en = serializers.CharField()
    quote = serializers.CharField()
    parent = serializers.CharField(allow_null=True)
    section = serializers.CharField()
    industries = serializers.ListField(child=serializers.CharField())
    lead = serializers.CharField(allow_null=True)
    status = serializers.CharField()
    progress = serializers.DecimalField(max_digits=20, decimal_places=6, allow_null=True)
    status_as_of = serializers.DateField(allow_null=True)
    url = serializers.CharField()
    public_says = serializers.CharField(allow_null=True)
    public_day = serializers.CharField(allow_null=True)
    public_fact = serializers.CharField(allow_null=True)
    public_source = serializers.CharField(allow_null=True)
    public_disputed = serializers.BooleanField(allow_null=True)


class ItemSerializer(ItemFields):
    """A commitment of the plan."""

    def to_representation(self, item):
        address = self.context["request"].build_absolute_uri("/").rstrip("/")
        day = (self.context["statuses"], self.context["public"])
        return super().to_representation(item_row(item, self.context["slug"], address, *day))
