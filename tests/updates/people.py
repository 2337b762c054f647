"""People who sign in without a password (client.force_login): hashing one takes longer than most tests."""

from functools import partial

from tests.factories import make_person as with_password

make_person = partial(with_password, password=None)
