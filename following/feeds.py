"""What a person follows, as a feed: a reader that cannot sign in asks at an address with a token for it alone.

It holds what everybody may read. What people of the house say to each other is not among it.
"""

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import ApiToken
from accounts.tokens import find_token, note_use
from dashboard.changes import events
from dashboard.feeds import LATEST, Fed, FoundOfAll, PlansRss, SafeAtom
from following.models import Follow
from following.queries import Followed
from plan.models import Plan


class FollowedRss(PlansRss):
    """The latest changes of what the holder of the token follows, of all plans."""

    def get_object(self, request, secret):
        day = timezone.localdate()
        token = find_token(secret, today=day)
        if token is None or token.scope != ApiToken.Scope.FEED:
            raise Http404(_("没有这个订阅，或它的令牌已停用"))
        note_use(token, now=timezone.now())
        told = [fed for plan in _plans(token.user) for fed in _told(plan, token.user, day)]
        told.sort(key=lambda fed: -fed.change.day.toordinal())
        return FoundOfAll(told[: 2 * LATEST], request.get_full_path())

    def title(self, found):
        return _("我关注的变化")

    def description(self, found):
        return _("您关注的条目和单位的新数据、修订数据、调整的目标、核定的进展填报、评估意见和公开信息。")

    def author_name(self, found):
        return _("规划跟踪")


class FollowedAtom(FollowedRss):
    feed_type = SafeAtom
    subtitle = FollowedRss.description


def _plans(person):
    return Plan.objects.filter(follows__person=person).distinct().select_related("source")


def _told(plan: Plan, person, day) -> list[Fed]:
    followed = Followed(plan, Follow.objects.filter(plan=plan, person=person))
    changes = events(plan, plan.published_on, day)
    return [Fed(one, plan, "") for one in changes if one.item is not None and followed.of(one.item)]
