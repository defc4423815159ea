"""No duplicate, none missing, whatever the target does: refusals, lost answers, crashes, two runs at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.tools.launch.campaign import campaign, customers
from tools.failure import ToolFailure
from tools.launch.connectors.http import Requests, retry_after
from tools.launch.connectors.journal import Journal
from tools.launch.connectors.listmonk import Listmonk, listmonk_client
from tools.launch.connectors.stub import TOKEN, USER, Faults, StubServer
from tools.launch.connectors.types import Handover, Outcome
from tools.launch.exporters.types import ExportInput

pytestmark = pytest.mark.deep


@contextmanager
def serving(faults: Faults | None = None) -> Iterator[StubServer]:
    with StubServer(faults=faults) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def connector(server: StubServer, token: str = TOKEN, timeout_s: float = 5) -> Iterator[Listmonk]:
    with listmonk_client(server.url, USER, token, timeout_s=timeout_s) as client:
        yield Listmonk(Requests(client, sleep=lambda seconds: None))


def silent(label: str, done: int, total: int | None) -> None:
    pass


def data(n: int = 60) -> ExportInput:
    return campaign(customers(n), channels=("email",))


def push(listmonk: Listmonk, folder: Path, given: ExportInput | None = None) -> Outcome:
    handover = listmonk.plan(given or data())
    with Journal(folder / "listmonk.jsonl") as journal:
        return listmonk.run(handover, journal, silent)


def assert_exactly(server: StubServer, handover: Handover) -> None:
    """Everybody is in the list of their copy and in no other, once; lists stand once each."""
    state = server.state
    names = {one["id"]: one["name"] for one in state.lists}
    assert sorted(names.values()) == sorted(group.name for group in handover.groups)
    for group in handover.groups:
        for person in group.people:
            found = state.subscribers[person.address]
            assert [names[entry["id"]] for entry in found["lists"]] == [group.name]
            assert found["attribs"]["briefsmith"]["customer_id"] == person.customer_id
    assert len(state.subscribers) == handover.size


def test_the_plan_touches_nothing(tmp_path: Path) -> None:
    with serving() as server, connector(server) as listmonk:
        handover = listmonk.plan(data())
        assert server.state.requests == 0
    assert handover.size == 54
    assert [len(group.people) for group in handover.groups] == [18, 18, 18]


def test_everybody_once(tmp_path: Path) -> None:
    with serving() as server, connector(server) as listmonk:
        outcome = push(listmonk, tmp_path)
        assert (outcome.created, outcome.taken, outcome.rejected) == (54, 54, [])
        assert_exactly(server, listmonk.plan(data()))
        assert all(one["type"] == "private" for one in server.state.lists)


@pytest.mark.parametrize("seed", [1, 2, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(3, 40))])
def test_refusals_and_lost_answers_double_nothing_and_lose_nothing(tmp_path: Path, seed: int) -> None:
    faults = Faults(refused=0.2, unanswered=0.2, seed=seed)
    with serving(faults) as server, connector(server) as listmonk:
        outcome = pushed_at_last(listmonk, tmp_path)
        assert outcome.taken == 54
        assert server.state.requests > 70
        assert_exactly(server, listmonk.plan(data()))


def pushed_at_last(listmonk: Listmonk, folder: Path) -> Outcome:
    """Run again, as the message says, where one request went wrong eight times running."""
    failed: list[str] = []
    while len(failed) < 5:
        try:
            return push(listmonk, folder)
        except ToolFailure as failure:
            failed.append(failure.code)
            if failure.code != "connector_unreachable":
                raise
    raise AssertionError(f"not through after {failed}")


def test_a_timeout_after_acceptance(tmp_path: Path) -> None:
    faults = Faults(stalled=0.15, stall_s=0.12, seed=1)
    with serving(faults) as server, connector(server, timeout_s=0.06) as listmonk:
        outcome = push(listmonk, tmp_path, data(20))
        assert outcome.taken == 18
        assert outcome.retries > 0
        assert_exactly(server, listmonk.plan(data(20)))


@pytest.mark.parametrize("after", [1, 3, 20, 58])
def test_cut_off_anywhere_and_gone_on(tmp_path: Path, after: int) -> None:
    with serving() as server:
        server.state.unavailable_after = after
        with connector(server) as listmonk, pytest.raises(ToolFailure) as caught:
            push(listmonk, tmp_path)
        assert caught.value.code == "connector_unreachable"
        before = len(server.state.subscribers)
        server.state.unavailable_after = None
        with connector(server) as listmonk:
            outcome = push(listmonk, tmp_path)
            assert outcome.already == before
            assert outcome.created == 54 - before
            assert_exactly(server, listmonk.plan(data()))


def test_a_lost_journal_loses_nothing(tmp_path: Path) -> None:
    with serving() as server, connector(server) as listmonk:
        push(listmonk, tmp_path / "one")
        outcome = push(listmonk, tmp_path / "two")
        assert (outcome.created, outcome.updated, outcome.already) == (0, 0, 54)
        assert_exactly(server, listmonk.plan(data()))


def test_a_journal_that_promises_too_much_is_found_out(tmp_path: Path) -> None:
    with serving() as server, connector(server) as listmonk:
        push(listmonk, tmp_path)
        del server.state.subscribers["c0000@example.com"]
        outcome = push(listmonk, tmp_path)
        assert outcome.created == 1
        assert_exactly(server, listmonk.plan(data()))


def test_who_signed_off_or_is_blocked_stays_so(tmp_path: Path) -> None:
    with serving() as server, connector(server) as listmonk:
        handover = listmonk.plan(data())
        push(listmonk, tmp_path / "one")
        blocked, gone = handover.groups[0].people[:2]
        server.state.subscribers[blocked.address]["status"] = "blocklisted"
        server.state.subscribers[gone.address]["lists"][0]["subscription_status"] = "unsubscribed"
        outcome = push(listmonk, tmp_path / "two")
        assert {who for who, _ in outcome.left_alone} == {blocked.customer_id, gone.customer_id}
        assert server.state.subscribers[blocked.address]["status"] == "blocklisted"
        assert server.state.subscribers[gone.address]["lists"][0]["subscription_status"] == "unsubscribed"


def test_the_shops_own_subscriber_keeps_everything_and_gets_the_list(tmp_path: Path) -> None:
    with serving() as server, connector(server) as listmonk:
        server.state.subscribers["c0000@example.com"] = {
            "id": 900, "email": "c0000@example.com", "name": "Ada L.", "status": "enabled",
            "attribs": {"city": "Anytown"}, "lists": [{"id": 77, "subscription_status": "confirmed"}],
        }  # fmt: skip
        outcome = push(listmonk, tmp_path)
        assert outcome.updated == 1
        found = server.state.subscribers["c0000@example.com"]
        assert found["name"] == "Ada L."
        assert found["attribs"]["city"] == "Anytown"
        assert len(found["lists"]) == 2


def test_an_address_with_a_quote_is_data(tmp_path: Path) -> None:
    people = customers(20)
    people["email"] = ["o'brien' OR 1=1--@example.com".replace(" ", ""), *people["email"].tolist()[1:]]
    given = campaign(people, channels=("email",))
    with serving() as server, connector(server) as listmonk:
        push(listmonk, tmp_path / "one", given)
        outcome = push(listmonk, tmp_path / "two", given)
        assert outcome.already == 18
        assert outcome.rejected == []


def test_what_the_target_rejects_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    people = customers(20)
    people["email"] = ["a@b..cc", *people["email"].tolist()[1:]]
    with serving() as server, connector(server) as listmonk:
        outcome = push(listmonk, tmp_path, campaign(people, channels=("email",)))
        assert outcome.taken + len(outcome.rejected) == 18


def test_wrong_credentials_are_not_tried_again(tmp_path: Path) -> None:
    with serving() as server, connector(server, token="guess") as listmonk:
        with pytest.raises(ToolFailure) as caught:
            push(listmonk, tmp_path)
        assert caught.value.code == "connector_refused"
        assert server.state.requests == 1


def test_two_runs_at_once_are_one(tmp_path: Path) -> None:
    with Journal(tmp_path / "j"), pytest.raises(ToolFailure) as caught, Journal(tmp_path / "j"):
        pass
    assert caught.value.code == "push_running"


def test_a_line_that_a_crash_cut_off_is_ignored(tmp_path: Path) -> None:
    with Journal(tmp_path / "j") as journal:
        journal.put("a", "1")
        journal.put("b", "2")
    whole = (tmp_path / "j").read_bytes()
    for size in range(len(whole)):
        (tmp_path / "j").write_bytes(whole[:size])
        with Journal(tmp_path / "j") as journal:
            assert journal.get("b") is None
            journal.put("c", "3")
        with Journal(tmp_path / "j") as journal:
            assert journal.get("c") == "3"


@pytest.mark.parametrize("url", ["http://mail.example", "ftp://localhost", "nonsense", "", "https://"])
def test_addresses_go_nowhere_in_the_clear(url: str) -> None:
    with pytest.raises(ToolFailure) as caught:
        listmonk_client(url, "u", "t")
    assert caught.value.code == "bad_connector_url"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("3", 3), ("9999", 60), (None, None), ("soon", None), ("Wed, 21 Oct 2015 07:28:00 GMT", 0), ("-1", None)],
)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    assert retry_after(header) == seconds
