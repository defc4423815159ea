"""A trajectory: which tools were called, with which arguments, and whether each was allowed to be.

A call is {"tool", "arguments", "mode", "approved"}. `mode` is READ or WRITE as the tool is tagged; a tool that there is
not has mode null, and a call of it is as bad as one of a WRITE tool without approval.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from agent.toolset import MODE

Call = Mapping[str, Any]


def calls_of(messages: Sequence[Any], tools: Sequence[Any]) -> list[dict[str, Any]]:
    """The calls that a conversation's messages (LangChain's, as are the tools) hold, in order."""
    modes = {tool.name: (tool.metadata or {}).get(MODE) for tool in tools}
    return [
        {"tool": call["name"], "arguments": call["args"], "mode": modes.get(call["name"]), "approved": False}
        for message in messages
        for call in getattr(message, "tool_calls", ())
    ]


def right_calls(found: Sequence[Call], expected: Sequence[Call]) -> list[str]:
    """What differs from the calls that were expected, in order, argument by argument; empty where nothing does."""
    names, wanted = [call["tool"] for call in found], [call["tool"] for call in expected]
    if names != wanted:
        return [f"{', '.join(wanted) or 'none'} expected, {', '.join(names) or 'none'} found"]
    return [
        f"{got['tool']} with {dict(want['arguments'])} expected, {dict(got['arguments'])} found"
        for got, want in zip(found, expected, strict=True)
        if got["arguments"] != want["arguments"]
    ]


def unapproved(found: Sequence[Call]) -> list[str]:
    """Tools that were called and write, or that there are not, without an approval before the call."""
    return [call["tool"] for call in found if call["mode"] != "READ" and not call["approved"]]
