"""From an index's address to its engine: a folder is a Whoosh index of columnar segments, opensearch:// a cluster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.engines.base import Engine, StagePart
from indexer.engines.opensearch.place import is_place as is_place
from indexer.engines.opensearch.place import place_of
from indexer.errors import BadParameter, shown

if TYPE_CHECKING:
    from indexer.engines.opensearch.engine import OpenSearchEngine
    from indexer.engines.opensearch.place import Place
    from indexer.engines.opensearch.replacing import Replacement
    from indexer.engines.opensearch.staging import Staged


def open_engine(address: str) -> Engine:
    """Open the index at ``address``. Raises IndexUnavailable where there is none that this version can read."""
    if is_place(address):
        return _clustered().open(place_of(address))
    from indexer.engines.columnar.engine import ColumnarEngine

    return ColumnarEngine.open(_folder(address))


def create_engine(address: str, lexicon: Iterable[str] | None = None) -> Engine:
    """Open the index at ``address``, making it first where there is none.

    ``lexicon``: words for the segmenter; None keeps the index's own (a new one has none). Raises IndexUnavailable when
    the index is of another version or was made with another lexicon.
    """
    words = None if lexicon is None else tuple(lexicon)
    if is_place(address):
        return _clustered().create(place_of(address), words)
    from indexer.engines.columnar.engine import ColumnarEngine

    return ColumnarEngine.create(_folder(address), words)


def is_index(folder: Path) -> bool:
    """Whether an index, of whatever version, lies in a folder."""
    from indexer.engines.columnar import folder as folders

    try:
        return folders.exists(folder)
    except OSError:
        return False


def check_replaceable(address: str) -> None:
    """Raises IndexForeign when what lies at ``address`` is not an index, of whatever version, and must not be lost."""
    from indexer.engines.columnar import folder

    folder.check_replaceable(_folder(address))


@contextmanager
def holding(address: str) -> Iterator[None]:
    """Keep writers out of the index at ``address``, or of the place for one, made where it is missing. Raises
    IndexUnavailable."""
    from indexer.engines.columnar import folder, locking

    if not folder.exists(_folder(address)):
        folder.make_place(_folder(address))
    with locking.held(_folder(address)):
        yield


def remove_index(address: str) -> None:
    """Remove the index at ``address``, if any. Raises IndexUnavailable."""
    from indexer.engines.columnar import folder

    folder.remove(_folder(address))


@contextmanager
def replacing(address: str) -> Iterator[Replacement]:
    """An index of a cluster being made anew, while other writers are kept out of the old one. Raises
    IndexUnavailable."""
    _clustered()
    from indexer.engines.opensearch.replacing import replacement

    with replacement(place_of(address)) as beside:
        yield beside


@contextmanager
def staging(address: str, stage: str, part: str, lexicon: Iterable[str] | None = None) -> Iterator[str]:
    """The address of an index of a cluster for a ``part`` of a stage, beside the published one at ``address``; when the
    block has ended well, the part is complete. ``lexicon`` is as for ``create_engine``. Raises BadParameter,
    IndexUnavailable."""
    place = _place_of_stages(address)
    from indexer.engines.opensearch import staging

    words = None if lexicon is None else tuple(lexicon)
    with staging.staging(place, stage, part, words) as own:
        yield own


def stages(address: str) -> dict[str, tuple[StagePart, ...]]:
    """The parts of every stage beside the index at ``address``, by its name. Raises IndexUnavailable, BadParameter."""
    place = _place_of_stages(address)
    from indexer.engines.opensearch import staging

    return staging.stages(place)


@contextmanager
def staged(address: str, stage: str) -> Iterator[Staged]:
    """A stage, all of whose parts are complete, and which nobody writes now; and an index at ``address``, made where
    there is none. Raises NotFound, IndexUnavailable, BadParameter."""
    place = _place_of_stages(address)
    from indexer.engines.opensearch import staging

    with staging.staged(place, stage) as found:
        yield found


def discard(address: str, stage: str) -> None:
    """Let a stage go. Raises NotFound, IndexUnavailable, BadParameter."""
    place = _place_of_stages(address)
    from indexer.engines.opensearch import staging

    staging.discard(place, stage)


def _place_of_stages(address: str) -> Place:
    if not is_place(address):
        remedy = "索引在文件夹里，不用 --stage 和 baogao publish，直接运行 baogao index"
        raise BadParameter("stage", f"只有集群上的索引（opensearch://…）能由几台机器一起收；{remedy}")
    _clustered()
    return place_of(address)


def _clustered() -> type[OpenSearchEngine]:
    try:
        from indexer.engines.opensearch.engine import OpenSearchEngine
    except ModuleNotFoundError as error:
        raise BadParameter("index", "缺少 OpenSearch 的客户端；请先运行：pip install 'baogao[opensearch]'") from error
    return OpenSearchEngine


def _folder(address: str) -> Path:
    if "://" in address or address.startswith(("opensearch:", "opensearch+https:")):
        wanted = "请写一个文件夹的路径，或 opensearch://主机:9200/索引名"
        raise BadParameter("index", f"不认识索引地址“{shown(address)}”；{wanted}")
    return Path(address)
