"""The whole of a result to take away: every row, from one committed state, in a format other programs read."""

from search_app.export.formats import FORMATS, Format, format_named, stream
from search_app.export.rows import COLUMNS, Export, Provenance, Row, exporting
from search_app.export.target import file_name, write_to

__all__ = [
    "COLUMNS",
    "FORMATS",
    "Export",
    "Format",
    "Provenance",
    "Row",
    "exporting",
    "file_name",
    "format_named",
    "stream",
    "write_to",
]
