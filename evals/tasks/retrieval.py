"""Product search: queries as people write them, with noise and typos, against the categories that they mean."""

import json
from functools import cache

import numpy as np

from evals.case import Case, load_cases
from evals.catalogue import catalogue
from evals.target import Target
from evals.tasks.base import Answer, EvalTask, Scored
from tools.catalog.search import rank_texts

K = 10


@cache
def task() -> EvalTask:
    return EvalTask("retrieval", ("recall_at_10", "ndcg_at_10"), load_cases("retrieval"), answer, score)


def answer(case: Case, target: Target) -> Answer:
    """Categories of the first ten texts, best first, and how many texts of the meant categories there are."""
    shop = catalogue()
    ranked = rank_texts(shop, case.input["query"], np.ones(len(shop), dtype=bool))[:K]
    category_of = dict(zip(shop.text_of.tolist(), shop.categories.tolist(), strict=True))
    meant = sum(category in case.expected["categories"] for category in category_of.values())
    return Answer(json.dumps({"categories": [category_of[text.text] for text in ranked], "meant": meant}))


def score(case: Case, text: str) -> Scored:
    got = json.loads(text)
    hits = np.array([category in case.expected["categories"] for category in got["categories"]], dtype=np.float64)
    possible = min(K, got["meant"])
    if not possible:
        return Scored({"recall_at_10": None, "ndcg_at_10": None}, "the catalogue has nothing of these categories")
    gains = 1 / np.log2(np.arange(K) + 2)
    ndcg = float(hits @ gains[: len(hits)] / gains[:possible].sum())
    recall = float(hits.sum() / possible)
    detail = "" if recall == 1 else f"first: {', '.join(got['categories'][:3])}"
    return Scored({"recall_at_10": recall, "ndcg_at_10": ndcg}, detail)
