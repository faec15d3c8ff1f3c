"""A bounded cache that threads share: what was used longest ago makes room."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class RecentlyUsed(Generic[K, V]):
    """Values by key, at most so many; every method holds the lock while it reads or writes."""

    def __init__(self, most: int, pinned: K | None = None) -> None:
        """Keep at most ``most`` values; that of the key ``pinned`` is never dropped."""
        self._most, self._pinned = most, pinned
        self._values: OrderedDict[K, V] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Number of values."""
        with self._lock:
            return len(self._values)

    def get(self, key: K) -> V | None:
        """The value of a key, which counts as a use; None if it is not kept."""
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key]

    def values(self) -> list[V]:
        """The values, the one unused longest first; none counts as used by it."""
        with self._lock:
            return list(self._values.values())

    def put(self, key: K, value: V) -> list[K]:
        """Keep a value; the keys that had to go."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            excess = len(self._values) - self._most
            dropped = [name for name in self._values if name != self._pinned][: max(0, excess)]
            for name in dropped:
                del self._values[name]
            return dropped

    def remembered(self, key: K, make: Callable[[], V]) -> V:
        """The value of a key, made where it is not kept.

        It is made outside the lock, so that others need not wait; two threads that ask at the same
        moment may both make it.
        """
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        self.put(key, value)
        return value

    def discard(self, unwanted: Callable[[K], bool]) -> None:
        """Drop every value whose key is unwanted."""
        with self._lock:
            for key in [key for key in self._values if unwanted(key)]:
                del self._values[key]
