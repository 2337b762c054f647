"""The cache of the site: a shared one that is away costs speed, never an answer."""

import logging
import time

from django.core.cache import caches
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache, InvalidCacheKey

log = logging.getLogger(__name__)

# Seconds in which a cache that failed is not asked again: each asking may wait for its time-out.
PAUSE = 5.0
# What is wrong with the call or the installation, not with the cache.
CALLERS_OWN = (InvalidCacheKey, ImportError, NotImplementedError)


class SturdyCache(BaseCache):
    """Asks the cache named `shared`; while that does not answer, the memory of this process stands in.

    Keys hold the version of what they are of, so neither side gives anything stale when the other returns.
    Limits of requests are counted for each process meanwhile.
    """

    quiet_until = 0.0  # of the process: sixteen threads need not find out one after another

    def __init__(self, _location, params):
        super().__init__(params)

    def get(self, key, default=None, version=None):
        return self._ask("get", key, default=default, version=version)

    def set(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        return self._ask("set", key, value, timeout=timeout, version=version)

    def add(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        return self._ask("add", key, value, timeout=timeout, version=version)

    def touch(self, key, timeout=DEFAULT_TIMEOUT, version=None):
        return self._ask("touch", key, timeout=timeout, version=version)

    def delete(self, key, version=None):
        return self._ask("delete", key, version=version)

    def clear(self):
        return self._ask("clear")

    @staticmethod
    def _ask(method, *args, **kwargs):
        shared = caches["shared"]
        if time.monotonic() >= SturdyCache.quiet_until:
            try:
                return getattr(shared, method)(*args, **kwargs)
            except CALLERS_OWN:
                raise
            except Exception as error:  # each cache has errors of its own, and none may cost a page
                SturdyCache.quiet_until = time.monotonic() + PAUSE
                log.warning("the cache does not answer, memory stands in for %.0f s: %s", PAUSE, error)
        return getattr(caches["stand_in"], method)(*args, **kwargs)
