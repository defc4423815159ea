"""One e-mail's words, and its plain-text part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from tools.shop.profile import Sender
from tools.vocabulary import Language


@dataclass(frozen=True)
class EmailContent:
    """What one recipient reads. All of it is plain text; nothing in it is ever markup.

    Args:
        link: where the button leads, "" for none.
        unsubscribe: this recipient's own link; "" where the shop has none.
        shown_unsubscribe: the link as the footer shows it.
    """

    language: Language
    brand: str
    subject: str
    preheader: str
    headline: str
    body: str
    call_to_action: str
    footer: str
    link: str = ""
    unsubscribe: str = ""
    shown_unsubscribe: str = ""


def email_content(
    parts: Mapping[str, object], language: Language, sender: Sender, *, unsubscribe: str | None = None
) -> EmailContent:
    """The content of a rendered message; a part that the copy lacks is "".

    Args:
        unsubscribe: this recipient's own link; null takes the sender's.
    """
    shown = web_link(sender.unsubscribe_url)
    return EmailContent(
        language=language,
        brand=" ".join(sender.brand.split()),
        subject=" ".join(_text(parts, "subject").split()),
        preheader=" ".join(_text(parts, "preheader").split()),
        headline=_text(parts, "headline"),
        body=_text(parts, "body"),
        call_to_action=_text(parts, "call_to_action"),
        footer=_text(parts, "footer"),
        link=web_link(sender.website),
        unsubscribe=shown if unsubscribe is None else web_link(unsubscribe),
        shown_unsubscribe=shown,
    )


def _text(parts: Mapping[str, object], name: str) -> str:
    value = parts.get(name)
    return value.strip() if isinstance(value, str) else ""


def web_link(address: str | None) -> str:
    """The address if it is one of the web (`http`, `https`) with a host and nothing odd in it, else ""."""
    if not address or any(char.isspace() or ord(char) < 32 for char in address):
        return ""
    try:
        split = urlsplit(address)
    except ValueError:
        return ""
    return address if split.scheme in ("http", "https") and split.hostname else ""


def plain_text(content: EmailContent) -> str:
    """The text/plain part: the same words in the same order, links written out."""
    button = f"{content.call_to_action}\n{content.link}" if content.link else content.call_to_action
    footer = content.footer
    if content.unsubscribe and content.unsubscribe != content.shown_unsubscribe and content.shown_unsubscribe in footer:
        footer = footer.replace(content.shown_unsubscribe, content.unsubscribe)
    blocks = (content.headline, content.body, button, f"-- \n{footer}" if footer else "")
    return "\n\n".join(block for block in blocks if block) + "\n"
