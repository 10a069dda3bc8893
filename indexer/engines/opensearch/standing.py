"""Where texts stand, as the cluster's queries: by pairs a text alone, by single characters several together.

The cluster's intervals are minimal: of those that begin and end with the same things it looks only at such that hold
no shorter one. For texts, whose lengths are fixed, that leaves out nothing here. Where two texts stand one after the
other with few enough characters between them, none of these a sentence's end, then so they do in every shorter
interval inside: it lies inside, has fewer characters between, and none others. The same for several texts in one
sentence, in whatever order and over one another. It would not hold where a number of characters is asked for exactly
(?), nor over several stars, each of which reaches so far by itself. Of the same text twice the cluster takes only such
as follow one another, which may overlap: that is not ours either.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from indexer.engines.opensearch.cluster import Json
from indexer.engines.opensearch.view import NOTHING, Query, all_of, any_of, is_text
from indexer.query import Sought, Wildcard
from indexer.text import SENTENCE_ENDS, STAR_REACH, fold, pieces

STAR = "*"


def text_in(field: str, folded: str, boost: int = 1) -> Query:
    """What finds the units with a folded text in a field. Its score is ``boost`` for each time that the text stands
    there, and for each of its terms."""
    match len(folded) if is_text(folded) else 0:
        case 0:
            return NOTHING
        case 1:
            return {"term": {f"{field}.single": {"value": folded, "boost": boost}}}
        case _:
            return {"match_phrase": {field: {"query": folded, "boost": boost}}}


def terms_of(folded: str) -> int:
    """How many of the cluster's terms ``text_in`` asks for."""
    return max(1, len(folded) - 1)


def near(first: Sought, second: Sought, distance: int) -> Query | None:
    """Of the units that hold both, those in which ``text.stand_near``; None where it is to be looked at: of a wildcard,
    and of a text near itself. Where the texts share no character, they never stand across one another, and one look
    tells both orders."""
    texts = fold(first.text), fold(second.text)
    if isinstance(first, Wildcard) or isinstance(second, Wildcard) or texts[0] == texts[1]:
        return None
    if not _are_texts(texts):
        return NOTHING
    if not {*texts[0]} & {*texts[1]}:
        return _intervals({"max_gaps": distance, "intervals": list(map(_in_a_row, texts))})
    return any_of(*(_in_order(each, distance) for each in (texts, texts[::-1])))


def in_one_sentence(parts: Iterable[Sought]) -> Query | None:
    """Of the units that hold all, those in which ``text.stand_in_one_sentence``; None where a part is to be looked at:
    a wildcard, or one that ends a sentence itself."""
    every = tuple(parts)
    texts = tuple(dict.fromkeys(fold(each.text) for each in every))
    if any(isinstance(each, Wildcard) for each in every) or any(map(_ends, texts)):
        return None
    together = _intervals({"intervals": list(map(_in_a_row, texts)), "filter": _WITHIN_SENTENCE})
    return together if _are_texts(texts) else NOTHING


def wildcard(sought: Wildcard) -> Query | None:
    """What finds the units that hold a wildcard of two texts and one star; None where another is to be looked at."""
    texts = pieces(sought)
    is_of_two = len(texts) == len({*texts}) == 2 and sought.text.count(STAR) == 1 and "?" not in sought.text
    if not is_of_two or any(map(_ends, texts)):
        return None
    together = _in_order(texts, STAR_REACH, filter=_WITHIN_SENTENCE)
    return all_of(*(text_in("folded", text) for text in texts), together) if _are_texts(texts) else NOTHING


def _are_texts(texts: Sequence[str]) -> bool:
    return all(map(is_text, texts)) and all(texts)


def _in_order(texts: Sequence[str], distance: int, **more: Json) -> Query:
    return _intervals({"mode": "ordered", "max_gaps": distance, "intervals": list(map(_in_a_row, texts)), **more})


def _intervals(every: Json) -> Query:
    return {"intervals": {"folded.single": {"all_of": every}}}


def _in_a_row(text: str) -> Json:
    return {"match": {"query": text, "max_gaps": 0, "mode": "ordered"}}


_WITHIN_SENTENCE: Json = {"not_containing": {"any_of": {"intervals": list(map(_in_a_row, SENTENCE_ENDS))}}}


def _ends(folded: str) -> bool:
    return any(end in folded for end in SENTENCE_ENDS)
