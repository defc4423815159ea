"""A rule's parameters, read by type."""

from pydantic import JsonValue


class Params:
    """A rule's parameters, read by type. A missing or wrong one is our bug: `KeyError`, `TypeError`."""

    def __init__(self, values: dict[str, JsonValue]) -> None:
        self._values = values
        self._words: dict[str, tuple[str, ...]] = {}

    def words(self, name: str) -> tuple[str, ...]:
        if name not in self._words:
            self._words[name] = _strings(name, self._values[name])
        return self._words[name]

    def groups(self, name: str) -> dict[str, tuple[str, ...]]:
        value = self._values[name]
        if not isinstance(value, dict):
            raise TypeError(f"parameter `{name}` must map to lists of words, got {value!r}")
        return {key: _strings(f"{name}.{key}", entry) for key, entry in value.items()}

    def number(self, name: str) -> float:
        return _number(name, self._values[name])

    def numbers(self, name: str) -> dict[str, float]:
        value = self._values[name]
        if not isinstance(value, dict):
            raise TypeError(f"parameter `{name}` must map to numbers, got {value!r}")
        return {key: _number(f"{name}.{key}", entry) for key, entry in value.items()}

    def hours(self, name: str) -> dict[str, tuple[int, int]]:
        value = self._values[name]
        if not isinstance(value, dict):
            raise TypeError(f"parameter `{name}` must map to [first, last] hours, got {value!r}")
        windows = {}
        for key, entry in value.items():
            if not isinstance(entry, list) or len(entry) != 2:
                raise TypeError(f"parameter `{name}.{key}` must be [first, last], got {entry!r}")
            windows[key] = (int(_number(key, entry[0])), int(_number(key, entry[1])))
        return windows


def _strings(name: str, value: JsonValue) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise TypeError(f"parameter `{name}` must be a list of words, got {value!r}")
    return tuple(str(entry) for entry in value)


def _number(name: str, value: JsonValue) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"parameter `{name}` must be a number, got {value!r}")
    return value
