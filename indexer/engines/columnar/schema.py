"""Whoosh's documents of a columnar index: one for each unit."""

from __future__ import annotations

from whoosh import columns, fields
from whoosh.analysis.tokenizers import SpaceSeparatedTokenizer

from indexer.fields import FIELDS

SCHEMA_VERSION = 3
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
