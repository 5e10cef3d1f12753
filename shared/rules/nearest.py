"""Which texts are nearest to a question: BM25, over the words that question and text share."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

K1, B = 1.2, 0.75


@dataclass(frozen=True)
class Document:
    """`words`: how often each word of the question stands in it."""

    length: int
    words: dict[str, int]


def nearest(
    documents: Mapping[str, Document], *, cases: int, mean_length: float, most: int
) -> list[str]:
    """Ids, the best first; of equal ones in the order of their ids. `cases`: of how many all these are found."""
    known_by = Counter(word for one in documents.values() for word in one.words)
    rarity = {w: math.log(1 + (cases - n + 0.5) / (n + 0.5)) for w, n in known_by.items()}

    def score(one: Document) -> float:
        damped = K1 * (1 - B + B * one.length / mean_length)
        return sum(rarity[w] * n * (K1 + 1) / (n + damped) for w, n in one.words.items())

    return sorted(documents, key=lambda one: (-score(documents[one]), one))[:most]
