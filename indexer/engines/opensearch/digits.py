"""The occurrences of several texts told by one score: of all together, then each but one as a digit, then what the unit
is worth.

The lowest digit counts all occurrences in a unit, so that a sum over units needs little else. Above it each text but
the most frequent has one of its own, with as many values as the text has occurrences in the unit that holds it most
often, and one more for none; the most frequent has what is left of all. What the unit is worth, a whole number, stands
above all digits: so the score is the order, too. Scores are of single precision, which has every whole number up to
``EXACT``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import lcm
from operator import mul

from indexer.engines.opensearch.cluster import Json
from indexer.engines.opensearch.found import Scores
from indexer.engines.opensearch.standing import terms_of, text_in
from indexer.engines.opensearch.view import Query
from indexer.query import Sought, Wildcard
from indexer.text import fold, pattern

NOTHING: Json = {}
EXACT = 2**24
"""Up to here single precision has every whole number."""
LARGEST = 2**16
"""Digits have so many values together, so that 255 and mostly many thousands are left to tell the worths of units."""


def is_summed(sought: Sought) -> bool:
    """Whether the cluster's phrase frequencies are the occurrences: where a text cannot overlap itself, and is one."""
    if isinstance(sought, Wildcard):
        return False
    text = fold(sought.text)
    return bool(text) and not any(text.startswith(text[start:]) for start in range(1, len(text)))


@dataclass(frozen=True, slots=True)
class Together:
    """Texts, of which the first has no digit of its own, and how often each stands in a unit at ``most``."""

    texts: tuple[Sought, ...]
    most: tuple[int, ...]

    @property
    def bases(self) -> tuple[int, ...]:
        """What a one is worth at the digit of each text but the first, and above all digits."""
        return tuple(accumulate((many + 1 for many in (sum(self.most), *self.most[1:])), mul)) if self.texts else (1,)

    @property
    def steps(self) -> tuple[int, ...]:
        """What an occurrence of each text adds to the number."""
        return (1, *(1 + base for base in self.bases[:-1])) if self.texts else ()

    @property
    def unit(self) -> int:
        """What queries score for a one of the number: a text scores as much for each of its terms."""
        return lcm(*(terms_of(fold(each.text)) for each in self.texts))

    @property
    def size(self) -> int:
        """How many numbers there are, and so what a one is worth above all digits."""
        return self.bases[-1]

    @property
    def room(self) -> int:
        """The most that can stand above all digits."""
        return EXACT // self.size - 1

    @property
    def is_exact(self) -> bool:
        """Whether there is room for the number in what queries score, and above the number for a unit's worth."""
        return self.size <= min(LARGEST, EXACT // self.unit)

    def scores(self) -> Scores:
        """What scores each text ``unit`` times its step, for each time it stands in a unit."""
        boosted = zip((fold(each.text) for each in self.texts), self.texts, self.steps, strict=True)
        unit = self.unit
        return {pattern(each): text_in("folded", text, unit * step // terms_of(text)) for text, each, step in boosted}

    def digits(self) -> list[str]:
        """The occurrences of each text, as expressions over what ``scores`` give together, with ``params``. Of the
        first: the number, less what stands at its other digits and what these add to all together."""
        upto = [f"floor(_score / at{n})" for n in range(1, len(self.texts))]
        own = [f"({each} - values{n} * {above})" for n, (each, above) in enumerate(pairwise(upto), start=1)]
        first = "_score / at0" + "".join(f" + more{n} * {each}" for n, each in enumerate(upto, start=1))
        return [f"({first})", *own, *upto[-1:]] if self.texts else []

    @property
    def params(self) -> Json:
        unit, bases = self.unit, self.bases[:-1]
        at = {f"at{n}": unit * base for n, base in enumerate((1, *bases))}
        more = {f"more{n}": self.most[n - 1] if n > 1 else -1 - bases[0] for n in range(1, len(self.texts))}
        return at | more | {f"values{n}": many + 1 for n, many in enumerate(self.most[1:-1], start=1)}

    def numbered(self, query: Query, gains: Sequence[str] = (), params: Json = NOTHING) -> Query:
        """A query that scores as ``scores`` say, so that it scores the number and, above it, the whole part of the sum
        of ``gains``: expressions that may name ``params``."""
        if not self.texts:
            return query
        worth = f" + size * floor({' + '.join(gains)})" if gains else ""
        script = {
            "lang": "expression", "source": f"_score / at0{worth}",
            "params": {**self.params, "size": self.size, **params},
        }  # fmt: skip
        return {"script_score": {"query": query, "script": script}}

    def sum(self) -> Json:
        """What adds up the occurrences of all texts."""
        return _summing("_score - all * floor(_score / all)", {"all": self.bases[0]})

    def sums_by_digit(self) -> Json:
        """What adds up the occurrences of each text but the first."""
        source = "floor(_score / here) - values * floor(_score / above)"
        return {
            f"of_{n}": _summing(source, {"here": here, "above": above, "values": above // here})
            for n, (here, above) in enumerate(pairwise(self.bases), start=1)
        }

    def told(self, whole: int, summed: Json) -> dict[Sought, int]:
        """The occurrences of each text, of all together ``whole``, by what ``sums_by_digit`` gave."""
        many = [round(summed[f"of_{n}"]["value"]) for n in range(1, len(self.texts))]
        return dict(zip(self.texts, [whole - sum(many), *many], strict=True))


NOTHING_TOLD = Together((), ())


def together(texts: Sequence[Sought], most: Sequence[int]) -> list[Together]:
    """As few as tell the occurrences of all texts, each of which stands so often in one unit at most."""
    found: list[Together] = []
    for many, text in sorted(zip(most, texts, strict=True), key=lambda each: each[0]):
        before = found.pop() if found else NOTHING_TOLD
        more, alone = Together((text, *before.texts), (many, *before.most)), Together((text,), (many,))
        found += [more] if more.is_exact or not before.texts else [before, alone]
    return found


def _summing(source: str, params: Json) -> Json:
    return {"sum": {"script": {"lang": "expression", "source": source, "params": params}}}
