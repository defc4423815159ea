"""The one failure a tool may answer with; anything else that is raised is our bug."""


class ToolFailure(Exception):
    """A tool could not do what was asked, and whoever asked can adapt.

    Args:
        code: a stable machine-readable word, snake_case (`unknown_category`, `infeasible_budget`).
        message: one plain sentence for the person: what is wrong, where, and what to do.
        detail: the facts behind it (file, row, limit, amount), JSON-serialisable.
    """

    def __init__(self, code: str, message: str, **detail: object) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.detail = detail
