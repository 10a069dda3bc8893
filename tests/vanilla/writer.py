"""The Whoosh writer that takes a unit's tokens without making objects of them."""

from __future__ import annotations

from contextlib import suppress

from whoosh.index import FileIndex
from whoosh.writing import SegmentWriter

from indexer.engines.whoosh.codec import TermCodec
from indexer.engines.whoosh.merging import merge_small
from indexer.engines.whoosh.postings import TermPool, with_counts, with_places

_TOKENS = {"words": with_places, "grams": with_places, "characters": with_counts}
"""The fields that are given as lists of tokens, and what is known of each token."""


class UnitWriter(SegmentWriter):
    """Whoosh's ``SegmentWriter`` with a shorter way for tokens: the index is the same."""

    pool: TermPool

    def __init__(self, index: FileIndex, timeout: float) -> None:
        """``timeout``: seconds to wait for another writer. Raises LockError."""
        super().__init__(index, timeout=timeout, codec=TermCodec())
        self._written_to = index
        self.pool = TermPool(self._tempstorage, self.newsegment)
        self.mergetype = merge_small

    def add_document(self, **fields: object) -> None:
        doc = self.docnum
        super().add_document(**{name: value for name, value in fields.items() if name not in _TOKENS})
        for name, postings_of in _TOKENS.items():
            tokens = fields.get(name)
            if isinstance(tokens, list):
                self.pool.add_unit(name, doc, postings_of(tokens))
                self.perdocwriter.add_field(name, self.schema[name], None, len(tokens))

    def give_up(self) -> None:
        """Give the lock back and take away what was written, unless its commit came through. What this itself stumbles
        over (a full disk, once more) hides no reason."""
        if not self.is_closed:
            with suppress(Exception):
                self.cancel()
        with suppress(Exception):
            if self._written_to.latest_generation() < self.generation:
                for name in self._unfinished():
                    self.storage.delete_file(name)

    def _unfinished(self) -> list[str]:
        """The files of the segment, and of the table of contents that would have named it."""
        contents = f"_{self.indexname}_{self.generation}.toc."
        return [
            *self.newsegment.list_files(self.storage),
            *(name for name in self.storage.list() if name.startswith(contents)),
        ]
