"""The client's parts without a network: replicas, account, cache, schemas, redaction."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.tools.llm.asking import config
from tools.copywriter.pack import MESSAGE_PARTS
from tools.failure import ToolFailure
from tools.llm.account import Account
from tools.llm.cache import Cache
from tools.llm.redact import redact
from tools.llm.replicas import Replica, Replicas, Ticket
from tools.llm.schemas import COPY_PARTS, OFFER_WORDS, WORDS, read, schema
from tools.llm.types import Answer, Choice, Usage


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def taken(pool: Replicas) -> Ticket:
    ticket = pool.pick()
    assert ticket is not None
    return ticket


def test_a_sick_replica_is_ejected_tried_once_and_taken_back() -> None:
    clock = Clock()
    pool = Replicas([Replica("a")], eject_seconds=30, clock=clock)
    pool.failed(taken(pool), silent=True)
    with pytest.raises(ToolFailure, match="ejected"):
        pool.pick()
    clock.now += 31
    trial = taken(pool)
    with pytest.raises(ToolFailure):
        pool.pick()
    pool.failed(trial)
    with pytest.raises(ToolFailure):
        pool.pick()
    clock.now += 31
    pool.succeeded(taken(pool))
    assert taken(pool).replica.failures == 0


def test_three_failures_in_a_row_eject_and_fewer_do_not() -> None:
    pool = Replicas([Replica("a")], eject_seconds=30, clock=Clock())
    for _ in range(2):
        pool.failed(taken(pool))
    pool.succeeded(taken(pool))
    for _ in range(3):
        pool.failed(taken(pool))
    with pytest.raises(ToolFailure):
        pool.pick()


def test_the_least_busy_replica_is_picked_and_none_where_all_are_full() -> None:
    pool = Replicas([Replica("a"), Replica("b")], eject_seconds=30)
    assert [taken(pool).replica.base_url for _ in range(4)] == ["a", "b", "a", "b"]
    assert pool.pick() is None


def filled(pool: Replicas) -> list[Ticket]:
    """Tickets for every place that there is."""
    return list(iter(pool.pick, None))


def test_the_limit_doubles_a_round_then_halves_once_and_grows_by_one_a_round() -> None:
    clock = Clock()
    pool = Replicas([Replica("a")], eject_seconds=30, most=20, brisk_seconds=5, clock=clock)

    def round_of(tickets: list[Ticket], seconds: float) -> list[Ticket]:
        """All answered, each place filled again at once."""
        clock.now += seconds
        sent = []
        for ticket in tickets:
            pool.succeeded(ticket)
            sent += filled(pool)
        return sent

    rounds = [filled(pool)]
    for _ in range(4):
        rounds.append(round_of(rounds[-1], 1))
    assert [len(sent) for sent in rounds] == [2, 4, 8, 16, 20]
    clock.now += 60
    for ticket in rounds[-1]:
        pool.overloaded(ticket)
    assert pool.replicas[0].limit == 10, "once for all that were sent before"
    rounds = [filled(pool)]
    for _ in range(2):
        rounds.append(round_of(rounds[-1], 1))
    assert [len(sent) for sent in rounds] == [10, 10, 11]
    rounds.append(round_of(rounds[-1], 9))
    assert len(rounds[-1]) == 11, "no more for a server that takes its time"


def test_a_server_that_cannot_do_with_one_at_a_time_is_ejected() -> None:
    pool = Replicas([Replica("a")], eject_seconds=30, clock=Clock())
    for _ in range(4):
        pool.overloaded(taken(pool))
    with pytest.raises(ToolFailure, match="ejected"):
        pool.pick()


def test_a_deadline_follows_what_answers_take() -> None:
    clock = Clock()
    pool = Replicas([Replica("a")], eject_seconds=30, clock=clock)
    assert taken(pool).replica.deadline(60) == 60
    slow = taken(pool)
    clock.now += 50
    pool.succeeded(slow)
    assert slow.replica.deadline(60) == 150


def test_reservations_count_until_they_are_settled() -> None:
    account = Account(config("u", max_tokens=100))
    account.reserve(Usage(40, 20))
    with pytest.raises(ToolFailure, match="tokens"):
        account.reserve(Usage(40, 20))
    account.settle(Usage(40, 20), Usage(5, 5))
    account.reserve(Usage(40, 20))
    assert (account.tokens, account.calls) == (10, 2)


def test_only_whole_answers_are_cached_and_a_broken_file_is_no_answer(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put("aa11", Answer((Choice("{}", "stop"), Choice("{", "length"))))
    assert cache.get("aa11") is None
    cache.put("aa11", Answer((Choice("{}", "stop"),)))
    assert cache.get("aa11") == Answer((Choice("{}", "stop"),), cached=True)
    (tmp_path / "aa" / "aa11.json").write_text("[{")
    assert cache.get("aa11") is None


SENTENCE = "Have a look when it suits you."


@pytest.mark.parametrize("form", [WORDS, OFFER_WORDS])
@pytest.mark.parametrize("name", COPY_PARTS)
def test_the_words_grammar_takes_words_and_slots_and_nothing_else(name: str, form: str) -> None:
    made = schema(f"{name}:{form}")
    Draft202012Validator.check_schema(made)
    for part, limits in made["properties"].items():
        fit = Draft202012Validator(limits)
        title = fit.is_valid("Have a look")
        assert title or fit.is_valid(SENTENCE), part
        for bad in ("Save 10 now please.", "See evil.example for more.", "Use {secret} for more here.", "", "Hi!"):
            assert not fit.is_valid(bad), (part, bad)
        assert fit.is_valid("Take {offer} when it suits." if not title else "Take {offer}") <= (form == OFFER_WORDS)


def test_schemas_are_valid_bounded_and_those_of_the_packs() -> None:
    for name, parts in COPY_PARTS.items():
        Draft202012Validator.check_schema(schema(name))
        assert all("maxLength" in prop for prop in schema(name)["properties"].values())
        assert parts == next(p for channel, p in MESSAGE_PARTS.items() if f"copy_{channel}" == name)
    assert len(COPY_PARTS) == len(MESSAGE_PARTS)


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "{", '{"opening": 1}', '{"opening": "a", "x": "b"}', "[" * 100_000, "x" * 9]
)
def test_what_is_not_the_schema_is_not_read(text: str) -> None:
    assert read("copy_sms", text) is None


def test_what_is_the_schema_is_read() -> None:
    assert read("copy_sms", json.dumps({"opening": "Hello"})) == {"opening": "Hello"}
    assert read("copy_sms", json.dumps({"opening": "x" * 601})) is None


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("mail jane@shop.example now", "mail [redacted] now"),
        ("see https://a.example/x?y=1 or www.b.example", "see [redacted] or [redacted]"),
        ("call +1 (555) 010-4477", "call [redacted]"),
        ("card 4111 1111 1111 1111", "card [redacted]"),
        ("IBAN GB33 BUKB 2020 1555 5555 55", "IBAN [redacted]"),
        ("from 192.168.1.14", "from [redacted]"),
        ("Crushed ice, 22 lb, of 12 in 2017", "Crushed ice, 22 lb, of 12 in 2017"),
    ],
)
def test_redaction(text: str, left: str) -> None:
    assert redact(text) == left
