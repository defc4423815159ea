"""Keyword search over short texts: BM25 with weighted fields, plurals folded, and typos forgiven.

The score of a text for a query is the sum over its terms of

    idf(t) * tf * (k + 1) / (tf + k * (1 - b + b * length / mean length)),
    idf(t) = ln(1 + (N - df + 0.5) / (df + 0.5))

(Robertson and Zaragoza, 2009, "The Probabilistic Relevance Framework"). tf counts a word of the name twice, and a word
of the category or department once.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

K, B = 1.2, 0.5
TYPO_LEAST = 80
"""Least similarity (0 to 100, Damerau-Levenshtein) at which an unknown word is read as a known one."""
_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?|[\u3400-\u9fff]")
STOP = frozenset(("a", "an", "and", "at", "for", "from", "in", "is", "of", "on", "or", "our", "s", "the", "to", "with"))


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Plurals folded: "cookies" and "cookie", "berries" and "berry", "boxes" and "box"."""
    word = word.removesuffix("'s")
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + ("ie" if len(word) == 5 else "y") if not word.endswith(("kies", "vies")) else word[:-1]
    if len(word) > 4 and word.endswith(("ches", "shes", "xes", "sses", "toes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def words_of(text: str) -> list[str]:
    return [stem(word) for word in _WORD.findall(text.lower()) if word not in STOP]


@dataclass(frozen=True)
class KeywordIndex:
    """Columns of a sparse matrix, texts x terms, of finished BM25 weights.

    Term j stands in texts `rows[starts[j]:starts[j + 1]]` with `weights` at the same places.
    """

    terms: tuple[str, ...]
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    weights: NDArray[np.float32]
    size: int

    @classmethod
    def build(cls, texts: Sequence[tuple[str, str]]) -> "KeywordIndex":
        """Of (name, rest) pairs, one a text; `rest` is its category and department."""
        counts = [Counter(words_of(name) * 2 + words_of(rest)) for name, rest in texts]
        lengths = np.array([sum(count.values()) for count in counts], dtype=float)
        mean = max(lengths.mean(), 1.0) if len(lengths) else 1.0
        postings: dict[str, list[tuple[int, float]]] = {}
        for row, count in enumerate(counts):
            damping = K * (1 - B + B * lengths[row] / mean)
            for term, often in count.items():
                postings.setdefault(term, []).append((row, often * (K + 1) / (often + damping)))
        terms = tuple(sorted(postings))
        found = [len(postings[term]) for term in terms]
        idf = [np.log1p((len(texts) - df + 0.5) / (df + 0.5)) for df in found]
        flat = [(row, weight * idf[j]) for j, term in enumerate(terms) for row, weight in postings[term]]
        return cls(
            terms=terms,
            starts=np.concatenate([[0], np.cumsum(found)]).astype(np.int64),
            rows=np.array([row for row, _ in flat], dtype=np.int32),
            weights=np.array([weight for _, weight in flat], dtype=np.float32),
            size=len(texts),
        )

    def scores(self, query: str) -> NDArray[np.float32]:
        """BM25 of every text, shape (size,); 0 where no word of the query stands in it."""
        total = np.zeros(self.size, dtype=np.float32)
        for word in dict.fromkeys(words_of(query)):
            best = np.zeros(self.size, dtype=np.float32)
            for term, trust in self.readings(word):
                at = slice(self.starts[term], self.starts[term + 1])
                rows = self.rows[at]
                best[rows] = np.maximum(best[rows], self.weights[at] * np.float32(trust))
            total += best
        return total

    def corrected(self, query: str) -> str:
        """The query with mistyped words as the catalogue spells them ("cofee" is "coffee")."""
        return " ".join(self._corrected(word) for word in query.split())

    def _corrected(self, word: str) -> str:
        bare = stem(word.lower().strip(".,;:!?"))
        if bare in self._places or len(bare) < 5 or not bare.isalpha():
            return word
        readings = self._mistyped(bare)
        return self.terms[readings[0][0]] if readings else word

    def readings(self, word: str) -> list[tuple[int, float]]:
        """Terms that a word may mean, each with how far it is trusted: itself, or what it is short or mistyped for."""
        if word in self._places:
            return [(self._places[word], 1.0)]
        if len(word) < 4 or word.isdigit():
            return []
        started = [(place, 0.7) for term, place in self._places.items() if term.startswith(word)]
        return started or self._mistyped(word)

    def _mistyped(self, word: str) -> list[tuple[int, float]]:
        """The terms nearest to a word, if near; the first letter is rarely the mistyped one."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        found = process.extract(
            word, self.terms, scorer=OSA.normalized_similarity, score_cutoff=TYPO_LEAST / 100, limit=5
        )
        if not found:
            return []
        near = [(place, float(score)) for term, score, place in found if term[0] == word[0]]
        best = max((score for _, score in near), default=0)
        return [(place, score * 0.9) for place, score in near if score == best]

    @cached_property
    def _places(self) -> dict[str, int]:
        return {term: place for place, term in enumerate(self.terms)}
