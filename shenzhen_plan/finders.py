"""plotly.js as static files: out of the Python wheel and, where npm put them, of the partial bundles beside it."""

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.storage import FileSystemStorage

from charts import bundles

PREFIX = "vendor"


class PlotlyFinder(BaseFinder):
    """Serves `vendor/plotly….min.js`, whichever are there (`charts.bundles`)."""

    def check(self, **kwargs):
        return []

    def find(self, path, find_all=False, **kwargs):
        folder, _, name = path.rpartition("/")
        file = bundles.files(settings.NODE_MODULES).get(name) if folder == PREFIX else None
        if file is None:
            return []
        return [str(file)] if find_all else str(file)

    def list(self, ignore_patterns=None):
        for name, file in bundles.files(settings.NODE_MODULES).items():
            if not matches_patterns(name, ignore_patterns or []):
                storage = FileSystemStorage(location=file.parent)
                storage.prefix = PREFIX
                yield name, storage
