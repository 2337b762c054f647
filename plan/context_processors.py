from plan.params import today


def site(request):
    """What every page's frame needs: nothing here asks the database."""
    return {"today": today(), "as_of": getattr(request, "as_of", None)}
