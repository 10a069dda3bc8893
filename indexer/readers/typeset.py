"""How the characters of a Word file are set: what its styles say, and what a run says against them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import reduce

from lxml import etree

from indexer.readers.looks import Look

HIDDEN = frozenset(("del", "moveFrom", "Fallback", "pPr", "rPr", "sectPr", "tblPr", "trPr", "tcPr"))
"""Elements with nothing a reader sees: what was deleted, a second drawing of the same box, properties."""
_DEEPEST_STYLE = 20
"""Styles below one another. Word allows eleven; a style that is based on itself would have no end."""
_RIGHT = ("right", "end")
_LEVELS = {str(level): level for level in range(9)}
_NO = ("0", "false", "off", "none")


@dataclass(frozen=True, slots=True)
class Style:
    """What a style, or a run itself, says; None where it leaves it to what it is based on. ``numbers`` is the list that
    numbers it, at a ``level`` of it."""

    name: str = ""
    bold: bool | None = None
    size: int | None = None
    face: str | None = None
    right: bool | None = None
    numbers: str | None = None
    level: int | None = None

    def over(self, base: Style) -> Style:
        """This one's word before that of ``base``; the name is its own."""
        return Style(
            self.name,
            base.bold if self.bold is None else self.bold,
            base.size if self.size is None else self.size,
            base.face if self.face is None else self.face,
            base.right if self.right is None else self.right,
            base.numbers if self.numbers is None else self.numbers,
            base.level if self.level is None else self.level,
        )


@dataclass(frozen=True, slots=True)
class Styles:
    """The styles of a document by their ids, each with all it is based on."""

    by_id: dict[str, Style] = field(default_factory=dict)
    default: Style = Style()

    def of(self, paragraph: etree._Element) -> Style:
        """A paragraph's style, and what the paragraph says itself."""
        properties = child(paragraph, "pPr")
        return _said(properties).over(self.by_id.get(value(child(properties, "pStyle")) or "", self.default))

    def look(self, run: etree._Element, paragraph: Style) -> Look:
        """How a run of a paragraph in that style is set."""
        properties = child(run, "rPr")
        if properties is not None:
            own = self.by_id.get(value(child(properties, "rStyle")) or "", Style())
            paragraph = _said(properties).over(own).over(paragraph)
        plain = Look()
        return Look(paragraph.bold or plain.bold, paragraph.size or plain.size, paragraph.face or plain.face)


def read_styles(root: etree._Element | None) -> Styles:
    """The styles of a document, of none where it brings none."""
    defaults = _said(reduce(child, ("rPrDefault", "rPr"), child(root, "docDefaults")))
    written = {value(each, "styleId") or "": each for each in named(root, "style")}
    by_id = {name: _based(each, written, defaults) for name, each in written.items()}
    default = next((name for name, each in written.items() if _is_default(each)), "")
    return Styles(by_id, by_id.get(default, defaults))


def _based(style: etree._Element, written: dict[str, etree._Element], defaults: Style) -> Style:
    whole = _of_style(style)
    above: etree._Element | None = style
    for _ in range(_DEEPEST_STYLE):
        above = written.get(value(child(above, "basedOn")) or "")
        if above is None:
            break
        whole = whole.over(_of_style(above))
    return whole.over(defaults) if value(style, "type") == "paragraph" else whole


def _of_style(style: etree._Element) -> Style:
    own = _said(child(style, "rPr")).over(_said(child(style, "pPr")))
    return Style(value(child(style, "name")) or "").over(own)


def _is_default(style: etree._Element) -> bool:
    return value(style, "type") == "paragraph" and value(style, "default") in ("1", "true", "on")


def _said(properties: etree._Element | None) -> Style:
    """What the properties of a run or of a paragraph say."""
    said = {local(each): each for each in (() if properties is None else properties)}
    size = value(said.get("sz")) or ""
    return Style(
        bold=(value(said["b"]) or "1") not in _NO if "b" in said else None,
        size=int(size) if size.isascii() and size.isdigit() and len(size) < 5 else None,
        face=value(said.get("rFonts"), "eastAsia"),
        right=value(said["jc"]) in _RIGHT if "jc" in said else None,
        numbers=value(child(said.get("numPr"), "numId")),
        level=_LEVELS.get(value(child(said.get("numPr"), "ilvl")) or ""),
    )


def local(element: etree._Element) -> str:
    """An element's name without its namespace, of which Word has two; nothing of what is no element."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def named(element: etree._Element | None, name: str) -> Iterator[etree._Element]:
    """The children of that name."""
    return iter(()) if element is None else element.iterchildren(f"{{*}}{name}")


def child(element: etree._Element | None, name: str) -> etree._Element | None:
    """The first child of that name."""
    return next(named(element, name), None)


def value(element: etree._Element | None, name: str = "val") -> str | None:
    """An attribute by its name without namespace."""
    attributes = () if element is None else element.attrib.items()
    return next((said for key, said in attributes if key.rpartition("}")[2] == name), None)
