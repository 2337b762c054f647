"""plotly.js out of the installed Python wheel, so that nothing third-party is committed or fetched."""

from importlib.util import find_spec
from pathlib import Path

from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.storage import FileSystemStorage

FILE = "plotly.min.js"


class PlotlyFinder(BaseFinder):
    """Serves `vendor/plotly.min.js`; looks the package's folder up without importing plotly."""

    def __init__(self, app_names=None, *args, **kwargs):
        folder = Path(find_spec("plotly").origin).parent / "package_data"
        self.storage = FileSystemStorage(location=folder)
        self.storage.prefix = "vendor"
        super().__init__(*args, **kwargs)

    def check(self, **kwargs):
        return []

    def find(self, path, find_all=False, **kwargs):
        if path != f"vendor/{FILE}":
            return [] if find_all else None
        found = self.storage.path(FILE)
        return [found] if find_all else found

    def list(self, ignore_patterns=None):
        if not matches_patterns(FILE, ignore_patterns or []):
            yield FILE, self.storage
