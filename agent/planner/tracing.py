"""The middleware between planner and tools: traces each call and turns a tool's failure into an answer."""

import json
import time
from collections.abc import Callable
from typing import Any

from langchain.agents.middleware import AgentMiddleware
from langchain.agents.middleware.types import ToolCallRequest
from langchain_core.messages import ToolMessage
from langgraph.types import Command

from agent.campaign import ToolCall
from agent.deps import Progress
from agent.telemetry import span
from agent.toolset import MODE
from tools.failure import ToolFailure

REUSED = "briefsmith_reused"
"""The key in an answer that says that an earlier version's part was taken."""


class Tracing(AgentMiddleware):
    """Appends a `ToolCall` for each call and keeps the first failure for the plan's end.

    Only `ToolFailure` becomes an answer; whatever else a tool raises is our bug and goes through.
    """

    def __init__(self, trace: list[ToolCall], progress: Progress, steps: int) -> None:
        super().__init__()
        self.trace = trace
        self.failure: ToolFailure | None = None
        self._progress = progress
        self._steps = steps

    def wrap_tool_call(
        self, request: ToolCallRequest, handler: Callable[[ToolCallRequest], ToolMessage | Command[Any]]
    ) -> ToolMessage | Command[Any]:
        name = request.tool_call["name"]
        self._progress(name.replace("_", " "), len(self.trace), self._steps)
        started = time.perf_counter()
        try:
            with span(f"tool {name}", {"briefsmith.tool": name}):
                answer = handler(request)
        except ToolFailure as failure:
            self.failure = self.failure or failure
            text = json.dumps({"failure": failure.code, "message": failure.message}, ensure_ascii=False)
            answer = ToolMessage(text, tool_call_id=request.tool_call["id"] or "", name=name, status="error")
        self.trace.append(
            ToolCall(
                seq=len(self.trace) + 1,
                tool=name,
                mode=(request.tool.metadata or {})[MODE] if request.tool else "READ",
                arguments=request.tool_call["args"],
                ok=not (isinstance(answer, ToolMessage) and answer.status == "error"),
                summary=str(answer.content) if isinstance(answer, ToolMessage) else "",
                ms=round(1000 * (time.perf_counter() - started)),
                reused=isinstance(answer, ToolMessage) and bool(answer.additional_kwargs.get(REUSED)),
            )
        )
        return answer
