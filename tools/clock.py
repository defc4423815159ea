"""Windows of days. `today` is always passed in; nothing here reads the clock."""

from datetime import date, timedelta

from pydantic import model_validator

from tools.vocabulary import Model


class Window(Model):
    """First and last day, both counted."""

    start: date
    end: date

    @model_validator(mode="after")
    def _forwards(self) -> "Window":
        if self.end < self.start:
            raise ValueError(f"the window ends ({self.end}) before it starts ({self.start})")
        return self

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    def shifted(self, days: int) -> "Window":
        delta = timedelta(days=days)
        return Window(start=self.start + delta, end=self.end + delta)
