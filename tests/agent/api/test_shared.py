"""Looks that are shared: few for many, and never one that began before somebody asked."""

import asyncio
import threading
from collections.abc import Sequence

import pytest
from sqlalchemy.exc import OperationalError

from agent.api.shared import Shared


def test_many_who_ask_at_once_share_a_look() -> None:
    looks: list[list[int]] = []

    def find(keys: Sequence[int]) -> dict[int, int]:
        looks.append(list(keys))
        return {key: 10 * key for key in keys}

    async def all_of_them() -> list[int]:
        shared = Shared(find)
        return list(await asyncio.gather(*(shared.ask(number % 4) for number in range(40))))

    assert asyncio.run(all_of_them()) == [10 * (number % 4) for number in range(40)]
    assert looks == [[0, 1, 2, 3]]


def test_nobody_is_told_what_was_found_before_they_asked() -> None:
    """The value changes while a look is on its way: who asks after the change hears the new one."""
    value, begun, go_on = ["old"], threading.Event(), threading.Event()

    def find(keys: Sequence[str]) -> dict[str, str]:
        seen = value[0]
        begun.set()
        assert go_on.wait(10)
        return dict.fromkeys(keys, seen)

    async def two() -> tuple[str, str]:
        shared = Shared(find)
        first = asyncio.create_task(shared.ask("x"))
        await asyncio.to_thread(begun.wait, 10)
        value[0] = "new"
        second = asyncio.create_task(shared.ask("x"))
        await asyncio.sleep(0)
        go_on.set()
        return await first, await second

    assert asyncio.run(two()) == ("old", "new")


def test_who_goes_away_takes_nothing_from_the_others() -> None:
    async def some_leave() -> str:
        shared: Shared[str, str] = Shared(lambda keys: dict.fromkeys(keys, "found"))
        leaving, staying = asyncio.create_task(shared.ask("x")), asyncio.create_task(shared.ask("x"))
        await asyncio.sleep(0)
        leaving.cancel()
        return await staying

    assert asyncio.run(some_leave()) == "found"


def test_a_ledger_that_is_away_is_told_to_each_and_may_come_back() -> None:
    away = [True]

    def find(keys: Sequence[str]) -> dict[str, str]:
        if away[0]:
            raise OperationalError("SELECT", {}, RuntimeError("gone"))
        return dict.fromkeys(keys, "found")

    async def ask() -> str:
        shared = Shared(find)
        for result in await asyncio.gather(shared.ask("x"), shared.ask("x"), return_exceptions=True):
            assert isinstance(result, OperationalError)
        away[0] = False
        return await shared.ask("x")

    assert asyncio.run(ask()) == "found"


def test_our_own_bug_leaves_nobody_waiting() -> None:
    def bug(keys: Sequence[str]) -> dict[str, str]:
        raise ZeroDivisionError

    async def ask() -> None:
        shared: Shared[str, str] = Shared(bug)
        with pytest.raises(RuntimeError):
            await shared.ask("x")
        assert shared._looking is not None
        with pytest.raises(ZeroDivisionError):
            await shared._looking

    asyncio.run(ask())


def test_nobody_waits_for_ever_where_a_look_breaks() -> None:
    """Who asked for it hears of it, and so does who came meanwhile and would wait for a next one."""
    begun, go_on = threading.Event(), threading.Event()

    def find(_keys: Sequence[str]) -> dict[str, str]:
        begun.set()
        assert go_on.wait(10)
        raise ZeroDivisionError

    async def two() -> list[str | BaseException]:
        shared = Shared(find)
        first = asyncio.create_task(shared.ask("x"))
        await asyncio.to_thread(begun.wait, 10)
        second = asyncio.create_task(shared.ask("x"))
        await asyncio.sleep(0)
        go_on.set()
        return list(await asyncio.wait_for(asyncio.gather(first, second, return_exceptions=True), 10))

    assert [type(error) for error in asyncio.run(two())] == [RuntimeError, RuntimeError]
