"""What a request is answered with, before it is a response: it can be kept, and given again."""

from dataclasses import dataclass
from typing import Any

from fastapi.responses import JSONResponse


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict[str, Any]
    headers: dict[str, str]

    def response(self) -> JSONResponse:
        return JSONResponse(self.body, self.status, headers=self.headers)
