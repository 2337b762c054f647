"""Answers of the API and feeds that a program has already: If-None-Match and If-Modified-Since (RFC 9110, 13).

Files say so where they leave (plan.exports.download), pages where they are kept (plan.page_cache).
"""

from django.http import HttpResponse
from django.middleware.http import ConditionalGetMiddleware
from django.utils.cache import set_response_etag

from plan.changed import last_modified, with_validators
from shenzhen_plan.parameters import OWN

FEEDS = {"changes_rss", "changes_atom", "plans_rss", "plans_atom"}
# A file, which says so itself.
ITSELF = {"api_all_observations"}
# What is known of a file changes with every copy that is taken; the description with the code alone; what somebody
# has written before its plan does.
NOT_OF_PLANS = {"api_verify", "schema", "api_docs", *OWN}


class ConditionalMiddleware(ConditionalGetMiddleware):
    def process_response(self, request, response: HttpResponse) -> HttpResponse:
        if response.status_code == 304 and response.has_header("Content-Length"):
            del response["Content-Length"]  # of the answer it stands for, which nobody made: never 0
        name = request.resolver_match.view_name if request.resolver_match else ""
        is_ours = (name.startswith("api_") and name not in ITSELF) or name == "schema" or name in FEEDS
        is_open = request.method in ("GET", "HEAD") and response.status_code == 200
        if not (is_ours and is_open and self.needs_etag(response)) or response.streaming:
            return response
        set_response_etag(response)
        moment = None if name in NOT_OF_PLANS else last_modified(request)
        return with_validators(request, response, etag=response["ETag"], moment=moment)
