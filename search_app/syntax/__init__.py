"""The query language: what a reader types, read into a tree, written back, and said in words."""

from search_app.syntax.guide import SYNTAX, Form
from search_app.syntax.operands import MAX_PARTS
from search_app.syntax.otherwise import with_operators, without_marks
from search_app.syntax.parser import MAX_CHARACTERS, MAX_DEPTH, parse
from search_app.syntax.tail import completes, last_word
from search_app.syntax.words import in_words
from search_app.syntax.writer import unparse

__all__ = [
    "MAX_CHARACTERS",
    "MAX_DEPTH",
    "MAX_PARTS",
    "SYNTAX",
    "Form",
    "completes",
    "in_words",
    "last_word",
    "parse",
    "unparse",
    "with_operators",
    "without_marks",
]
