"""What of an index is committed, and who writes: one record, changed only by who saw it as it is.

A change of reports is a *generation*, a number never given twice. What it writes carries it; readers see what was born
in a generation up to the committed one and had not died in it, so one change of the record commits everything. The
record names generations that came to nothing (``void``): whatever a writer that lost its turn still writes under such
a number, nobody sees it. The number is the fence: a writer whose lease went to another one cannot commit, because the
record no longer says that it writes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from shlex import quote
from uuid import uuid4

import msgspec

from indexer.engines.opensearch.cluster import Cluster, Json
from indexer.engines.opensearch.layout import COMMITTED, FORMAT
from indexer.errors import IndexBusy, IndexDamaged, IndexForeign, IndexMissing, IndexUnavailable
from indexer.synonyms import Synonyms

RECORD = "state"
CHANGES = 50
"""How often to try a change that others keep coming before."""
GRACE = 600.0
"""Seconds that what has died stays for who still reads an earlier generation: far longer than any one answer takes."""


@dataclass(frozen=True, slots=True)
class State:
    """``begun`` is the generation being written, ``writer`` who writes, ``until`` when its lease ends. ``past`` are
    generations not yet cleared of what died in them, with when they were committed. ``made`` tells this index from any
    other that ever had its name. Of a part of a stage, ``is_complete`` tells whether all that was to go in is in."""

    generation: int = 0
    begun: int | None = None
    void: tuple[int, ...] = ()
    past: tuple[tuple[int, float], ...] = ()
    writer: str | None = None
    until: float = 0.0
    synonyms: Synonyms = ()
    made: str = ""
    is_complete: bool = False

    def taken(self, writer: str, seconds: float, now: float) -> State:
        """Leased to ``writer``. Raises IndexBusy while another one has it."""
        if self.writer not in (None, writer) and self.until > now:
            raise IndexBusy(BUSY)
        return replace(self.given_up(), writer=writer, until=now + seconds)

    def renewed(self, writer: str, seconds: float, now: float) -> State:
        return replace(self._held_by(writer), until=now + seconds)

    def released(self, writer: str) -> State:
        """Free, were it not another's by now."""
        return self if self.writer != writer else replace(self.given_up(), writer=None, until=0.0)

    def beginning(self, writer: str) -> State:
        """With a new generation begun."""
        given_up = self._held_by(writer).given_up()
        return replace(given_up, begun=max(given_up.generation, *given_up.void, 0) + 1)

    def given_up(self) -> State:
        """With what was begun come to nothing."""
        return self if self.begun is None else replace(self, begun=None, void=(*self.void, self.begun))

    def committed(self, writer: str, generation: int, now: float) -> State:
        """With ``generation`` seen. Raises IndexBusy when the writer has lost its turn meanwhile."""
        if self.generation == generation:
            return self
        if self._held_by(writer).begun != generation:
            raise IndexBusy(LOST)
        return replace(self, generation=generation, begun=None, past=(*self.past, (generation, now)))

    def _held_by(self, writer: str) -> State:
        if self.writer != writer:
            raise IndexBusy(LOST)
        return self


BUSY = "另一个程序正在写这个索引；请等它完成后再运行一次"
LOST = "这个程序停了太久，已轮到另一个程序写这个索引；原来的内容没有变，请再运行一次"


Committed = tuple[str, str, int]
"""Names what is committed: where it is equal, so is all that readers see."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A state as it was read: of which ``index``, and what names this writing of it."""

    index: str
    state: State
    condition: tuple[int, int]

    @property
    def committed(self) -> Committed:
        return self.index, self.state.made, self.state.generation


def read(cluster: Cluster) -> Seen:
    """The state now. Raises IndexUnavailable."""
    name = cluster.place.name
    found = cluster.find("GET", f"/{name}/_doc/{RECORD}")
    if found is None or not found.get("found"):
        raise _nothing_there(cluster)
    if found["_index"] == name:
        remedy = f"请写它后面没有编号的名字，如 {name.rpartition('-')[0]}"
        raise IndexForeign(f"{cluster.place.address} 是索引内部的名字，写进去会绕过别的写入者；{remedy}")
    return _seen(cluster, found)


def request(cluster: Cluster, seen: Seen) -> tuple[Json, Json]:
    """A search for what was ``seen`` to be committed, to be asked together with others."""
    head = {"index": cluster.place.name, "routing": RECORD}
    here = {"term": {COMMITTED: _committed(seen.state)}}
    return head, {"size": 0, "track_total_hits": True, "query": {"bool": {"filter": [here]}}}


def still_committed(cluster: Cluster, answer: Json) -> bool:
    """Whether that is committed still, or was when the search began, by the answer to ``request``. Raises
    IndexUnavailable."""
    return "error" not in answer and bool(cluster.whole(answer)["hits"]["total"]["value"])


def _committed(state: State) -> str:
    """What tells that from all else that is ever committed under the name of an index."""
    return f"{state.made}-{state.generation}"


def _seen(cluster: Cluster, found: Json) -> Seen:
    return Seen(found["_index"], _decoded(cluster, found), (found["_seq_no"], found["_primary_term"]))


def _decoded(cluster: Cluster, found: Json) -> State:
    try:
        return msgspec.json.decode(found["_source"]["state"], type=State)
    except (KeyError, TypeError, msgspec.DecodeError) as error:
        raise IndexDamaged(f"索引 {cluster.place.address} 的状态读不出来；请用 --rebuild 重新建立") from error


def _nothing_there(cluster: Cluster) -> IndexUnavailable:
    address = cluster.place.address
    mappings = (cluster.find("GET", f"/{cluster.place.name}/_mapping") or {}).values()
    if any(each["mappings"].get("_meta", {}).get("format") != FORMAT for each in mappings):
        return IndexForeign(f"{address} 不是报告索引，是别的程序建立的；请换一个索引名")
    return IndexMissing(f"{address} 还没有索引；请先运行：baogao index 报告所在的文件夹 --index {quote(address)}")


def write_first(cluster: Cluster, index: str) -> None:
    """Write the state of an empty index, were there none."""
    cluster.put_new(f"/{index}/_doc/{RECORD}", _record(State(made=uuid4().hex)), op_type="create", refresh="true")


def change(cluster: Cluster, changed: Callable[[State], State]) -> State:
    """Change the state, whoever else does at the same time; what it is now. Where another generation is committed, all
    searches find it that begin after this. Raises IndexUnavailable, and whatever ``changed`` does."""
    for attempt in range(CHANGES):
        seen = read(cluster)
        state = changed(seen.state)
        if state == seen.state:
            if attempt:  # it may be this very change, that was told to fail: then searches may not find it yet
                cluster.ask("POST", f"/{seen.index}/_refresh")
            return state
        if _changed(cluster, seen, state):
            return state
        time.sleep(min(0.5, 0.01 * attempt))
    raise IndexBusy(BUSY)


def _changed(cluster: Cluster, seen: Seen, state: State) -> bool:
    """Whether nobody came before."""
    number, term = seen.condition
    refresh = "false" if state.generation == seen.state.generation else "true"
    return cluster.put_new(
        f"/{seen.index}/_doc/{RECORD}", _record(state), if_seq_no=number, if_primary_term=term, refresh=refresh
    )


def _record(state: State) -> Json:
    return {"kind": RECORD, "state": msgspec.json.encode(state).decode(), COMMITTED: _committed(state)}
