"""The small picture on a card: the line, its target and nothing else."""

from charts.labels import small_goal
from charts.marks import (
    axis_mark,
    bound_marks,
    figure_marks,
    goal_marks,
    mean_marks,
    open_mark,
    path_marks,
    picture,
)
from charts.marks import label as text
from charts.scale import scale_for, text_width
from charts.track import Track, Words

SIZE = 12


def sparkline(track: Track, *, width: int = 260, height: int = 84, label: str, words: Words) -> str:
    """An inline SVG of one component; without figures only axis, target and years, calmly.

    `label` is what a screen reader says; left empty, the name of the component and its target.
    """
    goal = track.goal
    # The target's label stands beside the plot, on its line; a long one above the line, inside.
    room = text_width(goal.text, SIZE)
    is_beside = room <= width * 0.42
    gap = 9 if goal.type == "strict" else 6
    right = room + gap + 2 if is_beside else 8
    top = 10.0 if is_beside else SIZE + 6.0
    right = round(right, 1)
    scale = scale_for(track, width=width, height=height, left=6, right=right, top=top, bottom=SIZE + 8)
    body = axis_mark(scale) + goal_marks(track, scale) + path_marks(track, scale)
    body += mean_marks(track, scale) + bound_marks(track, scale, 3)
    body += figure_marks(track, scale, 2) + open_mark(track, scale, 3)
    ends = [scale.y(float(end)) for end in goal.ends]
    if is_beside:
        body += text(scale.end + gap, sum(ends) / len(ends) + 4, goal.text, "c-goal")
    else:
        spot = small_goal(track, scale, size=SIZE)
        body += text(spot.x, spot.y + SIZE * 0.35, goal.text, "c-goal", spot.anchor)
    first, last = scale.years
    body += text(scale.left, height - 4, str(first), "c-year")
    body += text(scale.end, height - 4, str(last), "c-year", "end")
    said = label or f"{track.name} · {words.target} {goal.year}: {goal.text}"
    return picture(body, width=width, height=height, label=said)
