"""Static files that lie in no static folder: style sheets put together, and plotly.js.

plotly.js comes out of the Python wheel and, where npm put them, of the partial bundles beside it.
"""

import os
import threading
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.storage import FileSystemStorage

from charts import bundles
from shenzhen_plan import sheets

PREFIX = "vendor"


class SheetFinder(BaseFinder):
    """Serves `css/….css` put together (`shenzhen_plan.sheets`); built anew where what it is made of is newer."""

    @property
    def source(self) -> Path:
        return settings.BASE_DIR / "static"

    @property
    def built(self) -> Path:
        return settings.DATA_DIR / "sheets" / ("written" if settings.DEBUG else "minified")

    def check(self, **kwargs):
        return []

    def find(self, path, find_all=False, **kwargs):
        if path not in sheets.names(self.source):
            return []
        file = str(self._build(path))
        return [file] if find_all else file

    def list(self, ignore_patterns=None):
        storage = FileSystemStorage(location=self.built)
        for name in sheets.names(self.source):
            if not matches_patterns(name, ignore_patterns or []):
                self._build(name)
                yield name, storage

    def _build(self, name: str) -> Path:
        target = self.built / name
        made_of = [Path(sheets.__file__), *sheets.sources(self.source, name)]
        if not target.exists() or target.stat().st_mtime < max(file.stat().st_mtime for file in made_of):
            target.parent.mkdir(parents=True, exist_ok=True)
            make = sheets.written if settings.DEBUG else sheets.minified
            # Whole at once: another process or thread may be reading, or making it too.
            begun = target.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
            begun.write_text(make(self.source, name), encoding="utf-8")
            begun.replace(target)
        return target


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
