"""What happens to an account is told at once, by inbox and mail, whatever somebody's preferences say.

The mail goes also to an account that is closed by now, and on a change of address to the old one too: it is the
warning to whoever did not ask for it.
"""

import uuid

from django.core.mail import EmailMessage
from django.utils.translation import gettext_noop

from accounts.models import AdminAct, User
from jobs.services import enqueue
from notices.models import Notice, NoticeKind
from notices.phrases import Said, in_chinese, say

ACCOUNT_MAIL = "notices.account_mail"
CONSOLE = gettext_noop("控制台")
TITLES = {
    "password.reset": gettext_noop("您的密码已由管理员重置"),
    "second_factor.reset": gettext_noop("您的动态验证码已由管理员重置"),
    "account.disabled": gettext_noop("您的账号已停用"),
    "account.enabled": gettext_noop("您的账号已启用"),
    "account.changed": gettext_noop("您的电子邮箱已由管理员更改"),
    "roles.changed": gettext_noop("您的角色已更改"),
    "session.ended": gettext_noop("您的登录已由管理员全部退出"),
    "identity.released": gettext_noop("您的账号与统一身份的绑定已解除"),
    "act.asked": gettext_noop("有人提出对您的管理员账号办理：%(kind)s"),
    "act.refused": gettext_noop("对您的管理员账号的事项未通过：%(kind)s"),
    "administrator.made": gettext_noop("您已成为管理员"),
    "break_glass": gettext_noop("控制台对您的账号作了应急处置"),
}
FOR_OTHERS = {
    "act.asked": gettext_noop("待您确认：%(name)s（%(kind)s）"),
    "administrator.made": gettext_noop("控制台开立了管理员账号：%(name)s"),
    "break_glass": gettext_noop("控制台应急处置了账号：%(name)s"),
}
ON_AN_ADMINISTRATOR = gettext_noop("管理员账号有变动：%(name)s")
BODY = gettext_noop("办理人：%(by)s。如果这不是您要求的，请立即联系审计管理员和安全管理员。")
REASON = gettext_noop("办理人：%(by)s。理由：%(reason)s。不知情的，请立即查看审计记录。")


def tell_account(sender, person: User, action: str, by: User | None, addresses, about, **kwargs) -> None:
    """The person, and of an administrator's account the other administrators (accounts.telling)."""
    act: AdminAct | None = about.get("act")
    who: Said = str(by) if by else say(CONSOLE)
    words = {"name": str(person), "kind": say(str(AdminAct.Kind(act.kind).label)) if act else ""}
    body = say(REASON, by=who, reason=about["reason"]) if about.get("reason") else say(BODY, by=who)
    _send([person], say(TITLES[action], **words), body, "", more=addresses)
    if action == "act.asked":
        _send(about["deciders"], say(FOR_OTHERS[action], **words), body, "/accounts/acts/")
    elif person.administers or action in FOR_OTHERS:
        others = User.objects.filter(is_active=True).exclude(administers="").exclude(pk=person.pk)
        title = say(FOR_OTHERS.get(action, ON_AN_ADMINISTRATOR), **words)
        _send(list(others.exclude(pk=by.pk) if by else others), title, body, "")


def _send(people: list[User], title: Said, body: Said, url: str, more=()) -> None:
    fields = {"kind": NoticeKind.ACCOUNT, "url": url, "said": {"title": title, "body": body}}
    words = {"title": in_chinese(title)[:300], "body": in_chinese(body)}
    for person in people:
        Notice.objects.create(person=person, key=f"account:{uuid.uuid4()}", **fields, **words)
    to = sorted({address for address in [*(person.email for person in people), *more] if address})
    for address in to:
        enqueue(ACCOUNT_MAIL, {"to": address, **words})


def send_mail(*, to: str, title: str, body: str) -> None:
    headers = {"Auto-Submitted": "auto-generated"}
    EmailMessage(subject=f"规划跟踪：{title}", body=f"{title}\n\n{body}\n", to=[to], headers=headers).send()
