"""The learned score against a known truth: it finds what moves people, and stands back where nothing does."""

from dataclasses import replace

import numpy as np
import pytest

from evals.servers.copyist import Copyist
from evals.servers.protocol import serving
from tests.tools.copywriter.desk import NO_OFFER, request
from tests.tools.copywriter.model_desk import writer
from tools.copywriter.learned import LEAST_CELLS, LEAST_CUSTOMERS, Answered, ResponseScore, Unlearned, features, learn
from tools.copywriter.templates import write_templates

PLAIN = "Have a look at {product} when you like."
ASKING = "Hi {first_name}, is the shelf empty? Have a look at {product}."
LONG = "Have a look at {product} when you like, and take your time with it, since nothing here is in a hurry at all."
ITEM = write_templates([request(offer=NO_OFFER)], seed=0, variants=1)[0].model_copy(update={"angle": "need"})


def world(effect: float, seed: int, *, cells: int = 60, customers: int = 2_000) -> list[Answered]:
    """Three variants a cell; a question adds `effect` to the log-odds. Cells where people buy little get more
    customers for their questions, as a shop would that mends what goes badly."""
    rng = np.random.default_rng(seed)
    made = []
    for cell in range(cells):
        base = rng.normal(-2.5, 0.8)
        for text in (PLAIN, ASKING, LONG):
            asks = text == ASKING
            n = customers * (4 if asks and base < -2.5 else 1)
            rate = 1 / (1 + np.exp(-(base + effect * asks)))
            made.append(Answered(f"c{cell}", {"body": text}, "need", n, int(rng.binomial(n, rate))))
    return made


def score_of(found: ResponseScore | Unlearned, text: str) -> float:
    assert isinstance(found, ResponseScore), found
    return found.of(ITEM.model_copy(update={"parts": {"body": text}}))


@pytest.mark.parametrize("effect", [0.2, -0.2])
def test_it_finds_what_moves_people_where_pooled_rates_say_the_opposite(effect: float) -> None:
    answered = world(effect, seed=1)
    found = learn(answered)
    better = score_of(found, ASKING) - score_of(found, PLAIN)
    assert better == pytest.approx(effect, abs=0.06)
    if effect > 0:
        rate = {
            text: sum(one.converted for one in answered if one.parts["body"] == text)
            / sum(one.customers for one in answered if one.parts["body"] == text)
            for text in (ASKING, PLAIN)
        }
        assert rate[ASKING] < rate[PLAIN], "the naive comparison is misled by who got how many"


def test_what_it_claims_to_gain_is_about_what_there_was_to_gain() -> None:
    found = learn(world(0.3, seed=2))
    assert isinstance(found, ResponseScore)
    assert found.gain_low < found.gain
    assert 0.1 < found.gain < 0.3, "the best of three less their mean is two thirds of the effect"
    assert "60 cells" in found.rests_on


def test_where_nothing_moves_people_the_rubric_stands() -> None:
    found = [learn(world(0.0, seed=seed, cells=30)) for seed in range(20)]
    assert sum(isinstance(one, ResponseScore) for one in found) <= 4


def test_too_little_to_learn_from_is_said() -> None:
    few = learn(world(0.5, seed=3, cells=LEAST_CELLS - 1))
    assert isinstance(few, Unlearned)
    assert f"{LEAST_CELLS - 1} cells" in few.why
    small = learn(world(0.5, seed=3, customers=LEAST_CUSTOMERS // 5))
    assert isinstance(small, Unlearned)
    assert isinstance(learn([]), Unlearned)


def test_of_the_fit_variants_the_writer_keeps_the_one_that_scores_best() -> None:
    words = features(ITEM.parts, "need").index(features(ITEM.parts, "need")[-2])
    kept = {}
    with serving(Copyist()) as server:
        for sign in (1.0, -1.0):
            beta = [0.0] * len(features(ITEM.parts, "need"))
            beta[words] = sign
            score = ResponseScore(tuple(beta), 60, 1, 0.1, 0.1)
            written = replace(writer(server), score=score).write([request(offer=NO_OFFER)])
            assert {item.writer for item in written.items} == {"llm"}
            kept[sign] = [score.of(item) * sign for item in written.items]
    assert all(more >= less for more, less in zip(kept[1.0], kept[-1.0], strict=True))
    assert kept[1.0] != kept[-1.0]
