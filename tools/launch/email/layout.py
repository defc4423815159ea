"""E-mail HTML: one MJML layout, compiled once by MRML (mjml-python), and any number of messages filled into it.

MJML writes the tables and inline styles that mail programs need. Words never pass through it: the compiled HTML is cut
at its slots, and each message's words are escaped and joined in, so no word can become markup whatever it holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from html import escape
from pathlib import Path

from tools.failure import ToolFailure
from tools.launch.email.content import EmailContent
from tools.vocabulary import Language

MOST_BYTES = 102_000
"""Gmail hides what is beyond 102 KB of HTML (rule `render`); read as 1,000 bytes each, to be on the safe side."""
_SLOT = re.compile(r"\[\[([a-z_]+)\]\]")
_PREVIEW_WIDTH = 110
_FILLER = "&zwnj;&nbsp;"
"""After a short preheader, so that mail programs don't fill the preview with the first words of the body."""


def email_html(content: EmailContent) -> str:
    """The HTML of one message.

    Raises:
        ToolFailure: `email_too_large` above what Gmail shows.
    """
    pieces = _layout(content.language, bool(content.link))
    values = {name: fill(content) for name, fill in _FILL.items()}
    html = "".join(values[piece] if at % 2 else piece for at, piece in enumerate(pieces))
    size = len(html.encode())
    if size > MOST_BYTES:
        raise ToolFailure(
            "email_too_large",
            f"The e-mail {content.subject!r} has {size:,} bytes of HTML; Gmail shows {MOST_BYTES:,}. Shorten it.",
            size=size,
            limit=MOST_BYTES,
        )
    return html


@cache
def _layout(language: Language, link: bool) -> tuple[str, ...]:
    """The compiled layout, cut: literal, slot, literal, …, literal."""
    import jinja2
    import mjml

    source = Path(__file__).with_name("layout.mjml").read_text(encoding="utf-8")
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=True)
    text = environment.from_string(source).render(
        language="zh-Hans" if language == "zh" else language, link=link, slot=lambda name: f"[[{name}]]"
    )
    pieces = tuple(_SLOT.split(mjml.mjml2html(text, fonts={})))
    slots = set(_SLOT.findall(text))
    if set(pieces[1::2]) != slots or not slots <= set(_FILL):
        raise ValueError(f"the layout's slots {sorted(slots)} came out as {sorted(set(pieces[1::2]))}")
    return pieces


def _line(text: str) -> str:
    return escape(text, quote=True)


def _preheader(content: EmailContent) -> str:
    return _line(content.preheader) + _FILLER * max(0, _PREVIEW_WIDTH - len(content.preheader))


def _paragraphs(text: str, links: Mapping[str, str]) -> str:
    """Blank lines part paragraphs, other line ends are kept; exactly the given addresses become links."""
    blocks = [block for block in re.split(r"\n\s*\n", text) if block.strip()]
    last = len(blocks) - 1
    return "".join(
        f'<p style="margin:0 0 {0 if at == last else 16}px">{_linked(block.strip(), links)}</p>'
        for at, block in enumerate(blocks)
    )


def _linked(text: str, links: Mapping[str, str]) -> str:
    shown = sorted((address for address in links if address), key=len, reverse=True)
    if not shown:
        return _line(text).replace("\n", "<br>")
    cut = re.split("(" + "|".join(map(re.escape, shown)) + ")", text)
    return "".join(
        f'<a href="{_line(links[piece])}" style="color:inherit;text-decoration:underline">{_line(piece)}</a>'
        if piece in links
        else _line(piece).replace("\n", "<br>")
        for piece in cut
    )


def _links(content: EmailContent) -> dict[str, str]:
    links = {content.link: content.link, content.shown_unsubscribe: content.unsubscribe or content.shown_unsubscribe}
    return {shown: target for shown, target in links.items() if shown}


_FILL: Mapping[str, Callable[[EmailContent], str]] = {
    "subject": lambda content: _line(content.subject),
    "preheader": _preheader,
    "brand": lambda content: _line(content.brand),
    "headline": lambda content: _line(content.headline).replace("\n", "<br>"),
    "body": lambda content: _paragraphs(content.body, _links(content)),
    "call_to_action": lambda content: _line(content.call_to_action),
    "link": lambda content: _line(content.link),
    "footer": lambda content: _paragraphs(content.footer, _links(content)),
}
