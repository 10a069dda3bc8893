"""What is made of a whole index and kept: once for each committed state, and never twice at once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from indexer.engines import Engine

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class _Held(Generic[Value]):
    fingerprint: str
    value: Value


class Latest(Generic[Value]):
    """What ``make`` makes of an engine. Who asks first waits for it; after a later commit it is made anew behind the
    scenes, and until then answers are of the state before."""

    def __init__(self, make: Callable[[Engine], Value]) -> None:
        self._make = make
        self._held: WeakKeyDictionary[Engine, _Held[Value]] = WeakKeyDictionary()
        self._making = threading.Lock()

    def of(self, engine: Engine) -> Value:
        """The value for the engine's index."""
        held = self._held.get(engine)
        if held is None:
            with self._making:
                return (self._held.get(engine) or self._renewed(engine)).value
        if held.fingerprint != engine.info().fingerprint and self._making.acquire(blocking=False):
            threading.Thread(target=self._renew, args=(engine, held), daemon=True).start()
        return held.value

    def ready(self, engine: Engine) -> Value | None:
        """The value for the engine's index, or None while another thread makes the first one."""
        if engine not in self._held and self._making.locked():
            return None
        return self.of(engine)

    def _renewed(self, engine: Engine) -> _Held[Value]:
        fingerprint = engine.info().fingerprint
        held = self._held[engine] = _Held(fingerprint, self._make(engine))
        return held

    def _renew(self, engine: Engine, seen: _Held[Value]) -> None:
        """Unless another thread was first. ``_making`` is held by who started the thread, and given back here."""
        try:
            if self._held.get(engine) is seen:
                self._renewed(engine)
        except Exception:
            logging.getLogger("baogao").exception("没有能为新的索引内容准备补全；下次用到时再试")
        finally:
            self._making.release()
