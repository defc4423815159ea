"""The passes over a chunk of customers, compiled by Numba. Arguments and results are those of `twin.py`."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def choose(
    value: Any, cost: Any, lam0: Any, pattern: Any, prices: Any, extra: Any, allowed: Any, choice: Any, counts: Any
) -> Any:
    n, k = value.shape
    has_extra, has_allowed, counting = extra.size > 0, allowed.size > 0, counts.size > 0
    total, worth, spend = 0.0, 0.0, np.int64(0)
    for i in range(n):
        p = pattern[i]
        best, gain = -1, 0.0
        for a in range(k):
            red = value[i, a] - lam0 * cost[i, a] - prices[p, a]
            if has_extra:
                red -= extra[i, a]
            if red > gain and (not has_allowed or allowed[i, a]):
                gain, best = red, a
        choice[i] = best
        if best >= 0:
            total += gain
            worth += value[i, best]
            spend += cost[i, best]
            if counting:
                counts[p, best] += 1.0
    return total, worth, spend


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def undecided(
    value: Any, cost: Any, lam0: Any, pattern: Any, prices: Any, extra: Any, allowed: Any, choice: Any,
    width0: Any, radius: Any, extra_radius: Any, out: Any,
) -> None:  # fmt: skip
    n, k = value.shape
    has_extra, has_allowed, dense = extra.size > 0, allowed.size > 0, extra_radius.size > 0
    for i in range(n):
        p, own = pattern[i], np.int64(choice[i])
        mine, spend = 0.0, 0.0
        if own >= 0:
            mine = value[i, own] - lam0 * cost[i, own] - prices[p, own]
            spend = float(cost[i, own])
            if has_extra:
                mine -= extra[i, own]
        else:
            own = k
        is_open = False
        for b in range(k + 1):
            if b == own or (b < k and has_allowed and not allowed[i, b]):
                continue
            red, c = 0.0, 0.0
            if b < k:
                c = float(cost[i, b])
                red = value[i, b] - lam0 * c - prices[p, b]
                if has_extra:
                    red -= extra[i, b]
            reach = width0 * abs(c - spend) + radius[p, own, b]
            if dense:
                reach += extra_radius[i, b]
            if mine - red <= reach and reach > 0:
                is_open = True
                break
        out[i] = is_open


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def tally(value: Any, cost: Any, pattern: Any, choice: Any, which: Any, counts: Any) -> Any:
    n, counting = len(choice), counts.size > 0
    worth, spend = 0.0, np.int64(0)
    for i in range(n):
        a = choice[i]
        if a >= 0 and which[i]:
            worth += value[i, a]
            spend += cost[i, a]
            if counting:
                counts[pattern[i], a] += 1.0
    return worth, spend


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def best_pair(
    value: Any, usage: Any, group: Any, used: Any, low: Any, high: Any, penalty: Any, broken: Any, firsts: Any,
    least: Any,
) -> Any:  # fmt: skip
    """As `search.best_pair`."""
    n, rows = usage.shape
    best, first, second = least, -1, -1
    for p in range(min(firsts, n)):
        for q in range(p + 1, n):
            gain = value[p] + value[q] + broken
            if gain <= best or group[p] == group[q]:
                continue
            for r in range(rows):
                after = used[r] + usage[p, r] + usage[q, r]
                if after > high[r]:
                    gain -= (after - high[r]) * penalty[r]
                elif after < low[r]:
                    gain -= (low[r] - after) * penalty[r]
                if gain <= best:
                    break
            if gain > best:
                best, first, second = gain, p, q
    return first, second


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def join(
    key: Any, rank: Any, loss: Any, value: Any, sets: Any, other_key: Any, other_rank: Any, other_loss: Any,
    other_value: Any, other_sets: Any, usage: Any, targets: Any, first: Any, last: Any, low: Any, high: Any,
    most_loss: Any, least: Any, most: Any,
) -> Any:  # fmt: skip
    """As `meet.join`."""
    n, others = len(key), len(other_key)
    best, one, two, looked = least, -1, -1, 0
    for target in targets:
        start, end, before = 0, others, np.int64(-(2**63))
        while start < n:
            stop = _end(key, start)
            # Keys rise, so what is wanted falls, and the place of it: but once, where 64 bits wrap.
            wanted = target - key[start]
            if wanted > before:
                end = others
            before = wanted
            while end > 0 and other_key[end - 1] > wanted:
                end -= 1
            # As the one's rank grows, the window of the other's moves down.
            lo = hi = end
            for i in range(start if end > 0 and other_key[end - 1] == wanted else stop, stop):
                hi = _back(other_key, other_rank, hi, wanted, np.nextafter(last - rank[i], np.inf))
                lo = _back(other_key, other_rank, min(lo, hi), wanted, first - rank[i])
                looked += hi - lo
                for j in range(lo, hi):
                    worth = value[i] + other_value[j]
                    if worth <= best or loss[i] + other_loss[j] >= most_loss:
                        continue
                    if _fits(sets[i], other_sets[j], usage, low, high):
                        best, one, two = worth, i, j
                if looked > most:
                    return one, two, False
            start = stop
    return one, two, True


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _end(key: Any, start: Any) -> Any:
    stop = start
    while stop < len(key) and key[stop] == key[start]:
        stop += 1
    return stop


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _back(key: Any, rank: Any, at: Any, wanted: Any, least: Any) -> Any:
    """The first place from which on up to `at` the key is `wanted` and the rank at least `least`."""
    while at > 0 and key[at - 1] == wanted and rank[at - 1] >= least:
        at -= 1
    return at


@numba.njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _fits(one: Any, two: Any, usage: Any, low: Any, high: Any) -> Any:
    for r in range(len(low)):
        change = np.int64(0)
        for move in one:
            if move < 0:
                break
            change += usage[move, r]
        for move in two:
            if move < 0:
                break
            change += usage[move, r]
        if change < low[r] or change > high[r]:
            return False
    return True
