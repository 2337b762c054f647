"""People, what they may do, and the organisations responsible for the plan's commitments."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_otp.plugins.otp_totp.models import TOTPDevice

from texts.fields import EmailField, LineField, ProseField
from texts.site_root import at_root


class Organisation(models.Model):
    """责任单位: leads or supports commitments of a plan."""

    code = models.SlugField(_("代码"), max_length=40, unique=True)
    name = LineField(_("名称"), max_length=200)
    name_en = LineField(_("英文名称"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("责任单位")
        ordering = ["code"]

    def __str__(self):
        return self.name


class Role(models.TextChoices):
    """What a person is here for. Everybody with an account may look; the rest is granted."""

    VIEWER = "viewer", pgettext_lazy("role", "查看")
    REPORTER = "reporter", pgettext_lazy("role", "填报")
    ANALYST = "analyst", pgettext_lazy("role", "分析")
    EVALUATOR = "evaluator", pgettext_lazy("role", "评估")
    REVIEWER = "reviewer", pgettext_lazy("role", "复核")
    PLANNER = "planner", pgettext_lazy("role", "规划编制")
    SYSTEM_ADMIN = "system_admin", _("系统管理员")
    SECURITY_ADMIN = "security_admin", _("安全管理员")
    AUDIT_ADMIN = "audit_admin", _("审计管理员")


class UserManager(BaseUserManager):
    def with_second_factor(self):
        """Accounts with `device_id`: the key of the confirmed one-time-code device, or None."""
        device = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True).order_by("pk").values("pk")[:1]
        return self.get_queryset().select_related("organisation").annotate(device_id=Subquery(device))

    def create_user(self, username, email="", password=None, **fields):
        """An account with nothing but the right to look; roles are granted by the security administrator."""
        user = self.model(username=self.model.normalize_username(username), email=email or "", **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def working_in(self, slug: str):
        """Active accounts whose roles hold in a plan."""
        return self.filter(Q(plans="") | Q(plans__contains=f" {slug} "), is_active=True)

    def get_by_natural_key(self, username):
        return self.get(username=username)


class User(AbstractBaseUser):
    """An account. There is no superuser: the three administrators (三员) are separate people with no business
    role, and the database holds them to it (GB/T 22239)."""

    class Administers(models.TextChoices):
        SYSTEM = "system_admin", _("系统管理员")
        SECURITY = "security_admin", _("安全管理员")
        AUDIT = "audit_admin", _("审计管理员")

    username = LineField(_("用户名"), max_length=150, unique=True, validators=[UnicodeUsernameValidator()])
    name = LineField(_("姓名"), max_length=100, blank=True)
    email = EmailField(_("电子邮箱"), blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="people", verbose_name=_("责任单位")
    )
    is_reporter = models.BooleanField(pgettext_lazy("role", "填报"), default=False)
    is_analyst = models.BooleanField(pgettext_lazy("role", "分析"), default=False)
    is_evaluator = models.BooleanField(pgettext_lazy("role", "评估"), default=False)
    is_reviewer = models.BooleanField(pgettext_lazy("role", "复核"), default=False)
    is_planner = models.BooleanField(pgettext_lazy("role", "规划编制"), default=False, db_default=False)
    # Addresses of plans, each between blanks (" sz-a sz-b "), as `works_in` asks; empty: every plan.
    plans = models.CharField(_("限于规划"), max_length=500, blank=True, default="", db_default="")
    administers = models.CharField(_("管理员"), max_length=20, choices=Administers.choices, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)
    date_joined = models.DateTimeField(_("开户时间"), default=timezone.now)
    password_changed_at = models.DateTimeField(_("口令更换时间"), null=True, blank=True)
    must_change_password = models.BooleanField(_("下次登录须更换口令"), default=False)
    # A password handed over by an administrator is good for one sign-in until then.
    one_time_until = models.DateTimeField(_("一次性口令有效至"), null=True, blank=True)
    # Counts up to end every session for good: a cookie of an earlier count never works again.
    sessions_round = models.PositiveIntegerField(default=0, editable=False)

    objects = UserManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        verbose_name = _("用户")
        ordering = ["username"]
        constraints = [
            models.CheckConstraint(
                condition=Q(administers="")
                | Q(is_reporter=False, is_analyst=False, is_evaluator=False, is_reviewer=False, is_planner=False),
                name="administrators_hold_no_business_role",
            ),
            models.CheckConstraint(
                condition=Q(administers__in=["", "system_admin", "security_admin", "audit_admin"]),
                name="one_administration_at_most",
            ),
            models.CheckConstraint(
                condition=Q(administers="") | Q(plans=""), name="administrators_are_of_the_whole_site"
            ),
        ]

    def __str__(self):
        return self.name or self.username

    def get_full_name(self):
        return str(self)

    get_short_name = get_full_name

    # Set for a request under the address of a plan that the roles do not hold in (AccessMiddleware).
    is_away = False

    @property
    def plan_slugs(self) -> list[str]:
        """The plans the business roles are limited to; none: they hold in all."""
        return self.plans.split()

    def works_in(self, slug: str) -> bool:
        return not self.plans or slug in self.plan_slugs

    @property
    def roles(self) -> frozenset[str]:
        """What holds where the person is: every role granted, or no more than looking where it is away."""
        return frozenset({str(Role.VIEWER)}) if self.is_away else self.granted_roles

    @property
    def granted_roles(self) -> frozenset[str]:
        """Every role of an active account; looking is everybody's."""
        granted = {
            Role.REPORTER: self.is_reporter,
            Role.ANALYST: self.is_analyst,
            Role.EVALUATOR: self.is_evaluator,
            Role.REVIEWER: self.is_reviewer,
            Role.PLANNER: self.is_planner,
            self.administers: bool(self.administers),
        }
        return frozenset({str(Role.VIEWER)} | {str(role) for role, held in granted.items() if held})

    @property
    def role_words(self) -> list[str]:
        return [str(role.label) for role in Role if role in self.roles and role != Role.VIEWER] or [
            str(Role.VIEWER.label)
        ]

    def set_password(self, raw_password):
        super().set_password(raw_password)
        self.password_changed_at = timezone.now()

    def _get_session_auth_hash(self, secret=None):
        """Besides the password, the roles: whoever gains or loses one has to sign in again, at once."""
        ended = [str(self.sessions_round)] if self.sessions_round else []
        state = "|".join([self.password, *sorted(self.granted_roles), *ended])
        return salted_hmac("accounts.session", state, secret=secret, algorithm="sha256").hexdigest()


class SubstitutionQuerySet(models.QuerySet):
    def in_force(self, day):
        """Those whose days have come and are not over."""
        return self.filter(starts_on__lte=day, ends_on__gte=day, ended_at__isnull=True)


class Substitution(models.Model):
    """代办: who acts for somebody from one day to another, both included. Of the rights only those both hold."""

    person = models.ForeignKey(User, models.PROTECT, related_name="substitutions", verbose_name=_("本人"))
    substitute = models.ForeignKey(User, models.PROTECT, related_name="stands_in", verbose_name=_("代办人"))
    starts_on = models.DateField(_("自"))
    ends_on = models.DateField(_("至"))
    reason = LineField(_("事由"), max_length=200)
    named_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    named_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = SubstitutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("代办")
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(person=models.F("substitute")), name="substitute_is_another"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")), name="substitution_ends_after_start"
            ),
        ]

    def __str__(self):
        return f"{self.person_id} {self.substitute_id} {self.starts_on} {self.ends_on}"


class FormerPassword(models.Model):
    """The hash of a password somebody had, so that it is not taken again (PASSWORD_REMEMBERED)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="former_passwords")
    password = LineField(max_length=128)
    until = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("用过的口令")
        ordering = ["-id"]

    def __str__(self):
        return f"{self.user_id} {self.until:%Y-%m-%d}"


class SignIn(models.Model):
    """A session somebody holds: where and when it began, and when it was last used (to the minute)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="sign_ins")
    session_key = LineField(max_length=40, unique=True, editable=False)
    began_at = models.DateTimeField(_("登录时间"))
    seen_at = models.DateTimeField(_("最近使用"))
    address = LineField(_("地址"), max_length=45, blank=True)
    agent = LineField(_("浏览器"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("登录")
        ordering = ["-seen_at", "-id"]

    def __str__(self):
        return f"{self.user_id} {self.began_at:%Y-%m-%d %H:%M} {self.address}"


class SealedKey(models.Model):
    """The secret of a one-time-code device, encrypted (accounts.sealing); its own column holds a mark."""

    device = models.OneToOneField(TOTPDevice, models.CASCADE, related_name="sealed_key")
    text = ProseField(max_length=1000, editable=False)

    class Meta:
        verbose_name = _("加密的动态验证码密钥")

    def __str__(self):
        return f"device {self.device_id}"


class ProviderIdentity(models.Model):
    """Whom an identity provider means: the account is bound to issuer and subject, which never change hands."""

    user = models.OneToOneField(User, models.CASCADE, related_name="provider_identity")
    issuer = LineField(max_length=300)
    subject = LineField(max_length=255)
    bound_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("统一身份")
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="identity_once")]

    def __str__(self):
        return f"{self.issuer} {self.subject}"


class AdminAct(models.Model):
    """What one administrator wants to do to an administrator's account, and what a second one said to it."""

    class Kind(models.TextChoices):
        PASSWORD = "password", _("重置密码")
        SECOND_FACTOR = "second_factor", _("重置动态验证码")
        DISABLE = "disable", _("停用账号")
        ENABLE = "enable", _("启用账号")
        ROLES = "roles", _("更改角色")

    class State(models.TextChoices):
        ASKED = "asked", _("待第二人确认")
        DONE = "done", _("已办理")
        REFUSED = "refused", _("未通过")

    kind = models.CharField(_("事项"), max_length=20, choices=Kind.choices)
    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    details = models.JSONField(default=dict, editable=False)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.ASKED)

    class Meta:
        verbose_name = _("管理员账号事项")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("asked_by")),
                name="act_decided_by_another",
            )
        ]

    def __str__(self):
        return f"{self.kind} {self.person_id} {self.state}"


class ApiTokenQuerySet(models.QuerySet):
    def usable(self, day):
        """Neither revoked nor past their last day, of accounts that are open."""
        return self.filter(revoked_at__isnull=True, expires_on__gte=day, user__is_active=True)


class ApiToken(models.Model):
    """A key with which a program reads for a person. Only its digest is kept: whoever lost it makes a new one."""

    class Scope(models.TextChoices):
        READ = "read", _("读取接口")
        EXPORT = "export", _("读取接口并下载文件")
        CALENDAR = "calendar", _("只订阅自己的到期日历")
        FEED = "feed", _("只订阅自己关注的变化")

    class Writes(models.TextChoices):
        """What it may write besides, as drafts and submissions; what its holder may not, it may not either."""

        FIGURES = "figures", _("数据")
        UPDATES = "updates", _("进展填报")
        EVIDENCE = "evidence", _("公开信息")
        NOTES = "notes", _("评估意见")

    user = models.ForeignKey(User, models.CASCADE, related_name="tokens", verbose_name=_("持有人"))
    name = LineField(_("用途"), max_length=100)
    digest = LineField(max_length=64, unique=True, editable=False)
    prefix = LineField(_("开头"), max_length=12, editable=False)
    scope = models.CharField(_("范围"), max_length=10, choices=Scope.choices, default=Scope.READ)
    # Codes of `Writes`, with blanks between them; empty: it only reads.
    writes = LineField(_("可写入"), max_length=60, blank=True, editable=False)
    expires_on = models.DateField(_("有效期至"))
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)
    last_used_at = models.DateTimeField(_("最近使用"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("接口令牌")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(scope__in=["read", "export", "calendar", "feed"]), name="token_has_a_known_scope"
            )
        ]

    def __str__(self):
        return f"{self.prefix}… {self.name}"

    def may_write(self, what: str) -> bool:
        return what in self.writes.split()

    @property
    def writes_words(self) -> list[str]:
        """What it may write, as its page says it."""
        return [str(self.Writes(code).label) for code in self.writes.split()]


class AnsweredOnce(models.Model):
    """What a program was answered whose request bore a key: the same again is answered alike and not done twice.

    Written in the transaction of what was done, so that there are both or neither (accounts.idempotency).
    """

    person = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = LineField(max_length=255)
    # SHA-256 of method, address and body.
    request = LineField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    answer = models.JSONField(null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("已答复的请求")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="answered_once")]
        indexes = [models.Index(fields=["at"], name="answered_by_time")]

    def __str__(self):
        return f"{self.person_id} {self.key}"


class FormDraft(models.Model):
    """What somebody typed into a form and has not handed in: theirs alone, and gone once it is taken in."""

    person = models.ForeignKey(User, models.CASCADE, related_name="drafts")
    form = LineField(max_length=300)
    address = LineField(max_length=500, blank=True)
    title = LineField(max_length=200, blank=True)
    # Pairs of name and value in the order of the form; empty once it was taken in.
    values = models.JSONField(default=list)
    # Of the record when the typing began: a later one is another record than the one it was typed for.
    edition = LineField(max_length=40, blank=True)
    # Counts the saves: whoever saves names the last one he saw, so that two tabs do not overwrite each other.
    revision = models.PositiveIntegerField(default=0)
    # The name this content has in the browser, and that of the content taken in last.
    content = LineField(max_length=40, blank=True)
    taken = LineField(max_length=40, blank=True)
    saved_at = models.DateTimeField()

    class Meta:
        verbose_name = _("未提交的内容")
        ordering = ["-saved_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["person", "form"], name="draft_once")]

    def __str__(self):
        return f"{self.person_id} {self.form}"

    @property
    def page(self) -> str:
        """Where the form stands, as its writer is given it."""
        return at_root(self.address or "/")
