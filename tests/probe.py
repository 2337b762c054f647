"""Stands behind the site's own middleware and answers in place of the views: whoever gets here was let in."""

from django.http import HttpResponse

LET_IN = 299


class Probe:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        return HttpResponse(status=LET_IN)
