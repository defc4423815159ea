"""`voice.yaml` in BRIEFSMITH_HOME: how the brand sounds. An example, of which every key may be left out:

do: [plain words, short sentences, a wink now and then]
dont: [jokes about money]
words: [pantry, neighbour]          # words the brand likes
never: [shopper, valued customer]   # words that reject a message
examples: ["We kept a chair free for you."]
"""

from pathlib import Path

from pydantic import Field, ValidationError

from tools.failure import ToolFailure
from tools.vocabulary import Model

FILE = "voice.yaml"
LARGEST = 64 << 10


class Voice(Model):
    """What a model is told of the brand's voice. Data in its prompt, like everything that somebody typed in."""

    do: tuple[str, ...] = Field(default=(), max_length=20)
    dont: tuple[str, ...] = Field(default=(), max_length=20)
    words: tuple[str, ...] = Field(default=(), max_length=40)
    never: tuple[str, ...] = Field(default=(), max_length=100)
    examples: tuple[str, ...] = Field(default=(), max_length=10)


def load_voice(home: Path) -> Voice:
    """The shop's voice; an empty one where there is no file.

    Raises:
        ToolFailure: `bad_voice`, naming the line or the key.
    """
    import yaml

    path = home / FILE
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return Voice()
    except OSError as error:
        raise _bad(path, f"cannot be read: {error.strerror}") from error
    if len(raw) > LARGEST:
        raise _bad(path, f"has {len(raw)} bytes, at most {LARGEST} are read")
    try:
        return Voice.model_validate(yaml.safe_load(raw.decode("utf-8-sig")) or {})
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise _bad(path, f"is not readable as YAML: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _bad(path, f"`{where}`: {first['msg']}") from error


def _bad(path: Path, what: str) -> ToolFailure:
    return ToolFailure("bad_voice", f"The voice file {path} {what}.", file=str(path))
