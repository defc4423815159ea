"""What is sent: plain text without markup or hidden characters; HTML that is escaped, runs nothing and is not cut."""

import unicodedata
from html.parser import HTMLParser

from tools.compliance.finding import Finding, failed, message_rule, passed, shown
from tools.compliance.message import Context, Message
from tools.compliance.params import Params
from tools.compliance.text import joined


def hidden_characters(text: str) -> list[str]:
    """Controls, direction marks, zero-width and tag characters. Emoji may hold joiners, selectors and flags' tags."""
    found = []
    for at, char in enumerate(text):
        kind = unicodedata.category(char)
        if kind in ("Cc", "Cf", "Co", "Cn", "Zl", "Zp") and char != "\n" and not _of_emoji(text, at):
            found.append(f"U+{ord(char):04X}")
    return found


def _of_emoji(text: str, at: int) -> bool:
    """A joiner between two emoji, or a tag after a flag. Anywhere else it hides something."""
    before = text[at - 1] if at else ""
    if text[at] == "\u200d":
        after = text[at + 1] if at + 1 < len(text) else ""
        return _emoji(before) and _emoji(after)
    if "\U000e0020" <= text[at] <= "\U000e007f":
        head = text[:at].rstrip("".join(map(chr, range(0xE0020, 0xE0080))))
        return head.endswith("\U0001f3f4")
    return False


def _emoji(char: str) -> bool:
    return char == "\ufe0f" or (char != "" and unicodedata.category(char) in ("So", "Sk"))


_INLINE = frozenset({"a", "b", "em", "i", "span", "strong", "u"})


class _Reader(HTMLParser):
    """Collects what must not be in an e-mail, and the text."""

    def __init__(self, forbidden: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.forbidden = forbidden
        self.problems: list[str] = []
        self.tags: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._part(tag)
        if tag in self.forbidden:
            self.problems.append(f"<{tag}>")
        for name, value in attrs:
            address = "".join((value or "").split()).casefold()
            if name.startswith("on"):
                self.problems.append(f"{name}=")
            if address.startswith(("javascript:", "vbscript:", "data:text")):
                self.problems.append(f"{name}={address[:20]}")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self._part(tag)

    def _part(self, tag: str) -> None:
        """Words on both sides of a tag are apart, unless it only marks words of one line up."""
        if tag not in _INLINE:
            self.words.append(" ")

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read_html(text: str, forbidden: tuple[str, ...]) -> tuple[list[str], list[str], str]:
    """What is forbidden in it, the tags it has, and its text."""
    reader = _Reader(frozenset(forbidden))
    try:
        reader.feed(text)
        reader.close()
    except AssertionError:  # what the standard library's parser raises on a broken `<![…`
        reader.problems.append("broken markup")
        reader.tags.append("!")
    return reader.problems, reader.tags, " ".join("".join(reader.words).split())


@message_rule("render")
def render(message: Message, _context: Context, params: Params) -> Finding:
    """No markup or hidden characters in the text; no script in the HTML, every part in it escaped, its size bounded."""
    text = joined(message.rendered)
    problems = []
    if found := hidden_characters(text):
        problems.append(f"hidden characters {shown(found)}")
    _, tags, _ = read_html(text, ())
    markup = [f"<{tag}>" for tag in tags] + [mark for mark in params.words("markup") if mark in text.casefold()]
    if markup:
        problems.append(f"markup {shown(markup)} in the text")
    if len(text.encode()) > params.number("text_bytes"):
        problems.append(f"{len(text.encode())} bytes of text")
    if message.html is not None:
        problems += _html(message.html, message, params)
    if problems:
        return failed(f"The message holds {'; '.join(problems)}: send plain words, and escape them in HTML.")
    return passed("Plain text, safely rendered.")


def _html(html: str, message: Message, params: Params) -> list[str]:
    problems, _, words = read_html(html, params.words("forbidden_tags"))
    found = [f"forbidden HTML {shown(problems)}"] if problems else []
    size = len(html.encode())
    if size > params.number("html_bytes"):
        found.append(f"{size} bytes of HTML, of which mail programs show {int(params.number('html_bytes'))}")
    missing = [
        part
        for part, text in message.rendered.items()
        if any(" ".join(row.split()) not in words for row in text.split("\n"))
    ]
    if missing:
        found.append(f"HTML without the words of {shown(missing)}")
    return found
