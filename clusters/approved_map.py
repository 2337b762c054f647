"""The slot for an approved map. A map of the city may be shown only with its approval number (审图号), so the
picture and the number are set together or not at all; without them the page shows its schematic alone."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core import checks

# No SVG: a picture from outside is to hold no script.
TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"}


@dataclass(frozen=True)
class ApprovedMap:
    path: Path
    number: str

    @property
    def content_type(self) -> str:
        return TYPES[self.path.suffix.lower()]


def approved_map(slug: str) -> ApprovedMap | None:
    """The map of the default plan; None where none is set, or only half of it, or the file is gone."""
    if slug != settings.DEFAULT_PLAN or problems():
        return None
    return ApprovedMap(Path(settings.MAP_IMAGE), settings.MAP_APPROVAL_NUMBER) if settings.MAP_IMAGE else None


def problems() -> list[str]:
    """What is wrong with the two settings, in words; nothing when both are set or both are not."""
    image, number = settings.MAP_IMAGE, settings.MAP_APPROVAL_NUMBER
    if image and not number:
        return ["MAP_IMAGE 已设置而 MAP_APPROVAL_NUMBER（审图号）未设置 / a map needs its approval number"]
    if number and not image:
        return ["MAP_APPROVAL_NUMBER 已设置而 MAP_IMAGE 未设置 / an approval number without a map"]
    if image and Path(image).suffix.lower() not in TYPES:
        return [f"MAP_IMAGE: {image} 应为 {'、'.join(TYPES)} 之一 / not a picture of these types"]
    if image and not Path(image).is_file():
        return [f"MAP_IMAGE: 没有文件 {image} / no such file"]
    return []


@checks.register(checks.Tags.files)
def map_has_its_approval_number(app_configs, **kwargs):
    return [checks.Error(problem, id="clusters.E001") for problem in problems()]
