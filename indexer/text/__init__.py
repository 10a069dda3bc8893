"""Text analysis, one for writing and reading: fold, then pairs for what is exact and words for ranking."""

from indexer.text.grams import characters, pairs
from indexer.text.normalise import FOLDING_VERSION, Folded, fold, fold_with_offsets
from indexer.text.occurrences import SENTENCE_ENDS, STAR_REACH, distinct, occurrences, pattern, pieces
from indexer.text.segment import Segmenter
from indexer.text.together import stand_in_one_sentence, stand_near

__all__ = [
    "FOLDING_VERSION",
    "SENTENCE_ENDS",
    "STAR_REACH",
    "Folded",
    "Segmenter",
    "characters",
    "distinct",
    "fold",
    "fold_with_offsets",
    "occurrences",
    "pairs",
    "pattern",
    "pieces",
    "stand_in_one_sentence",
    "stand_near",
]
