"""Whoosh's documents of a columnar index: one for each unit."""

from __future__ import annotations

from typing import Any, NoReturn

from whoosh import columns, fields
from whoosh.analysis.tokenizers import SpaceSeparatedTokenizer

from indexer.errors import IndexUnavailable
from indexer.fields import FIELDS

SCHEMA_VERSION = 4
"""Raise it when the documents or the files change: indexes written before are then refused."""


def schema() -> fields.Schema:
    """The Whoosh schema; every facet of FIELDS is an indexed column. Tokens are numbered as they come."""
    return fields.Schema(
        report=fields.ID(sortable=True),
        ordinal=fields.COLUMN(columns.NumericColumn("i")),
        words=fields.TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=False),
        grams=fields.TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=True),
        characters=fields.TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=False),
        folded=fields.COLUMN(columns.VarBytesColumn()),
        length=fields.COLUMN(columns.NumericColumn("i")),
        headings=fields.COLUMN(columns.VarBytesColumn()),
        stretch=fields.COLUMN(columns.NumericColumn("i")),
        record=fields.STORED(),
        **{field.name: fields.ID(sortable=True) for field in FIELDS},
    )


class Sealing(fields.Schema):
    """A schema on its way into a table of contents, out of which it comes ``Sealed``."""

    def __reduce__(self) -> tuple[type[Sealed], tuple[()], dict[str, Any]]:
        return Sealed, (), self.__dict__


class Sealed(fields.Schema):
    """A schema that goes into no other table of contents: there Whoosh's own writers end, whatever their codec, before
    they change what is read."""

    def clean(self) -> NoReturn:
        """Raises IndexUnavailable. Whoosh calls it when it begins to write a table of contents."""
        refuse_writing()


def refuse_writing() -> NoReturn:
    """Raises IndexUnavailable."""
    raise IndexUnavailable("这个索引只能由 baogao 写入；请运行：baogao index 报告所在的文件夹 --index 索引所在的文件夹")
