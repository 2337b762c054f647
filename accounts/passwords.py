"""What a password must be, beside Django's own rules, and passwords made for handing over once."""

import secrets
import string

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Without letters and digits that are read for one another.
ALPHABET = "".join(sorted(set(string.ascii_letters + string.digits) - set("0O1lI5S2Z")))
GROUPS, GROUP_LENGTH = 4, 4


def classes_of(password: str) -> int:
    """How many of the four classes occur: capital letters, small letters, digits, anything else."""
    kinds = {
        "upper" if char.isupper() else "lower" if char.islower() else "digit" if char.isdigit() else "other"
        for char in password
    }
    return len(kinds)


class LengthValidator(MinimumLengthValidator):
    """Django's rule with a refusal in the reader's language, saying what to do."""

    def get_error_message(self):
        return self.get_help_text()

    def get_help_text(self):
        return _("密码至少 %(number)d 个字符。") % {"number": self.min_length}


class CharacterClassesValidator:
    """Asks for a number of the four classes."""

    def __init__(self, classes: int = 4):
        self.classes = classes

    def validate(self, password, user=None):
        if classes_of(password) < self.classes:
            raise ValidationError(self.get_help_text(), code="password_too_plain")

    def get_help_text(self):
        if self.classes == 4:
            return _("密码须同时含有大写字母、小写字母、数字和符号。")
        return _("密码须含大写字母、小写字母、数字、符号四类中的至少 %(number)d 类。") % {"number": self.classes}


class FormerPasswordValidator:
    """Refuses a password the person had, as far back as is remembered (0: none)."""

    def __init__(self, remembered: int = 5):
        self.remembered = remembered

    def validate(self, password, user=None):
        if not self.remembered or user is None or user.pk is None:
            return
        former = user.former_passwords.values_list("password", flat=True)[: self.remembered]
        if any(check_password(password, held) for held in former):
            raise ValidationError(self.get_help_text(), code="password_used_before")

    def get_help_text(self):
        return _("不能与最近用过的 %(number)d 个密码相同。") % {"number": self.remembered}


def one_time_password() -> str:
    """Sixteen random letters and digits in groups, with all four classes; about 90 bits."""
    while True:
        groups = ("".join(secrets.choice(ALPHABET) for _letter in range(GROUP_LENGTH)) for _group in range(GROUPS))
        password = "-".join(groups)
        if classes_of(password) == 4:
            return password


def same_as_before() -> ValidationError:
    return ValidationError(_("新密码与现在的密码相同，请换一个。"), code="same_password")
