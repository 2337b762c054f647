"""The style guide: every component in every state, in both themes; what the visual test looks at."""

from django.shortcuts import render

from indicators.examples import legend
from reports import specimens


def styleguide(request):
    plan = specimens.sample_plan()
    context = {
        "themes": ("light", "dark"),
        "sample": plan,
        "legend": legend(),
        "cards": specimens.sample_cards(plan),
        "strips": specimens.sample_strips(),
        "items": specimens.sample_items(),
        "steps": specimens.sample_steps(),
    }
    return render(request, "reports/styleguide.html", context)
