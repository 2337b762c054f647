"""The small picture on a card: the line, its target and nothing else."""

from charts.marks import figure_marks, goal_marks, label, path_marks, picture
from charts.scale import scale_for
from charts.track import Track, Words


def sparkline(track: Track, *, width: int = 260, height: int = 84, label: str, words: Words) -> str:
    """An inline SVG of one component; without figures only target and years, calmly."""
    scale = scale_for(track, width=width, height=height, left=6, right=8, top=14, bottom=18)
    y = scale.y(float(track.goal.yardstick))
    # Above the line unless that leaves the picture.
    text_y = y - 4 if y > 14 else y + 12
    body = goal_marks(track, scale) + path_marks(track, scale) + figure_marks(track, scale, 2)
    years = [track.first_year, max(track.last_year, track.first_year + 1)]
    body += _label(scale.left, text_y, track.goal.text, "c-goal-text")
    body += _label(scale.x(years[0]), height - 4, str(years[0]), "c-year")
    body += _label(scale.x(years[1]), height - 4, str(years[1]), "c-year", "end")
    return picture(body, width=width, height=height, label=label, kind="spark")


_label = label
