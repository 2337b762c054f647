from rest_framework import serializers


class ExportedFileSerializer(serializers.Serializer):
    """What anybody may know of an export he holds."""

    name = serializers.CharField()
    format = serializers.CharField()
    plan = serializers.CharField()
    as_of = serializers.DateField()
    address = serializers.CharField()
    filters = serializers.CharField()
    rows = serializers.IntegerField()
    bytes = serializers.IntegerField()
    rule_version = serializers.CharField()
    figures_version = serializers.IntegerField(allow_null=True)
    first_exported_at = serializers.DateTimeField()
    last_exported_at = serializers.DateTimeField()
    times = serializers.IntegerField()


class DifferencesSerializer(serializers.Serializer):
    """Lines of the file that are not there any more, and lines that are new."""

    rows = serializers.IntegerField()
    gone = serializers.IntegerField()
    new = serializers.IntegerField()
    first_gone = serializers.ListField(child=serializers.CharField())
    first_new = serializers.ListField(child=serializers.CharField())


class FindingSerializer(serializers.Serializer):
    """What a file was, and whether the data behind it has changed since."""

    sha256 = serializers.CharField()
    known = serializers.BooleanField()
    changed = serializers.BooleanField(allow_null=True)
    reason = serializers.CharField(required=False, help_text="Why nobody could tell.")
    export = ExportedFileSerializer(required=False)
    altered_copy_of = ExportedFileSerializer(required=False)
    differences = DifferencesSerializer(required=False)
