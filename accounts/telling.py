"""What happens to somebody's account is told to him; who tells it, and how, is notices' business.

`account_touched` is sent in the transaction of the deed with `person`, `action` (as in the audit log), `by` (None:
the console), `addresses` (mail addresses beside the account's own) and what else is said of it.
"""

from collections.abc import Iterable
from typing import Any

from django.dispatch import Signal

from accounts.models import User

account_touched = Signal()


def tell(person: User, action: str, *, by: User | None, addresses: Iterable[str] = (), **about: Any) -> None:
    """Tells the person, and of what concerns the administrators' balance all of them."""
    account_touched.send(User, person=person, action=action, by=by, addresses=list(addresses), about=about)
