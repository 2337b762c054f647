"""Beginning and ending to follow something. Twice the same is once, from however many windows."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.permissions import Permission, require
from audit.services import record_audit
from following.models import Follow, TellingMark
from plan.models import Item, Plan

MOST = 200


@transaction.atomic
def follow(plan: Plan, what: Item | Organisation, *, by: User) -> Follow:
    """Follows a commitment or a unit from now on. Raises ValidationError for a retired one or one too many."""
    require(by, Permission.OWN_ACCOUNT)
    if isinstance(what, Item) and what.is_retired:
        raise ValidationError(_("条目 %(code)s 已停用，不能关注") % {"code": what.code})
    # The account's row is the lock: two windows at once would both see room for one more.
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)
    row = Follow.objects.filter(person=by, plan=plan, **_named(what)).first()
    if row is not None:
        return row
    if by.follows.count() >= MOST:
        raise ValidationError(_("最多关注 %(n)s 项，请先在“我的关注”中取消不再需要的") % {"n": MOST})
    row = Follow.objects.create(person=by, plan=plan, **_named(what))
    TellingMark.objects.get_or_create(plan=plan, defaults={"until": timezone.now()})
    _log("follow.begun", plan, what, by)
    return row


@transaction.atomic
def unfollow(plan: Plan, what: Item | Organisation, *, by: User) -> None:
    """Ends it; nothing where it was over already."""
    number, _rows = Follow.objects.filter(person=by, plan=plan, **_named(what)).delete()
    if number:
        _log("follow.ended", plan, what, by)


def _named(what: Item | Organisation) -> dict[str, Item | Organisation]:
    return {"item": what} if isinstance(what, Item) else {"unit": what}


def _log(action: str, plan: Plan, what: Item | Organisation, by: User) -> None:
    record_audit(action=action, by=by, plan_slug=plan.slug, object_code=what.code[:60], object_label=what)
