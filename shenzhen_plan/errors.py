"""Answers to what cannot be served: pages in the site's look, JSON for programs."""

from django.http import JsonResponse
from django.shortcuts import render
from django.urls import Resolver404


def not_found(request, exception):
    reason = "" if isinstance(exception, Resolver404) or not exception.args else str(exception.args[0])
    if request.path.startswith("/api/") or request.path.endswith((".json", ".csv")):
        body = {"detail": reason or "not found"}
        return JsonResponse(body, status=404, json_dumps_params={"ensure_ascii": False})
    return render(request, "404.html", {"reason": reason}, status=404)
