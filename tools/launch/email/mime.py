"""A message as it goes over the wire (RFC 5322, MIME): plain text and HTML, with the headers that bulk mail needs.

`List-Unsubscribe` (RFC 2369) and `List-Unsubscribe-Post` (RFC 8058, https only) carry a link of the recipient's own:
the shop's address with a token that only the campaign's secret makes, so nobody can sign others off by guessing. The
shop learns the tokens from the export's `unsubscribe-tokens.csv`. DKIM is the sending system's.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import urlencode, urlsplit, urlunsplit

from tools.failure import ToolFailure
from tools.launch.email.content import EmailContent, plain_text, web_link
from tools.launch.email.layout import email_html
from tools.shop.profile import Sender

_TOKEN_LETTERS = 26


def unsubscribe_token(secret: bytes, campaign_id: str, customer_id: str) -> str:
    """130 bits of HMAC-SHA-256, in base 32."""
    text = f"unsubscribe:{len(campaign_id)}:{campaign_id}:{customer_id}"
    digest = hmac.digest(secret, text.encode(), hashlib.sha256)
    return base64.b32encode(digest).decode().lower()[:_TOKEN_LETTERS]


def unsubscribe_link(sender: Sender, token: str) -> str:
    """The sender's address with the token as `u`; "" where the sender has none."""
    address = web_link(sender.unsubscribe_url)
    if not address:
        return ""
    split = urlsplit(address)
    query = "&".join(part for part in (split.query, urlencode({"u": token})) if part)
    return urlunsplit((split.scheme, split.netloc, split.path, query, split.fragment))


def mime_message(
    content: EmailContent, sender: Sender, *, to: str, name: str = "", date: datetime, message_id: str
) -> EmailMessage:
    """The message, the same bytes for the same input.

    Args:
        to: an address whose part before the @ is ASCII; a domain that is not is written in IDNA.
        name: the recipient's first name, "" for none.
        date: of the header, aware.
        message_id: what stands before the @ of `Message-ID`; also makes the MIME boundary.

    Raises:
        ToolFailure: `no_from_address`, `bad_address`, `email_too_large`.
    """
    message = EmailMessage(policy=SMTP)
    origin = from_address(sender)
    message["From"] = origin
    message["To"] = _address(name, to)
    message["Subject"] = content.subject
    message["Date"] = date
    message["Message-ID"] = f"<{message_id}@{origin.domain}>"
    if content.unsubscribe:
        message["List-Unsubscribe"] = f"<{content.unsubscribe}>"
        if urlsplit(content.unsubscribe).scheme == "https":
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Content-Language"] = "zh-Hans" if content.language == "zh" else content.language
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(plain_text(content))
    message.add_alternative(email_html(content), subtype="html")
    message.set_boundary("=_" + hashlib.sha256(message_id.encode()).hexdigest()[:32])
    return message


def from_address(sender: Sender) -> Address:
    """The brand's name with its support address.

    Raises:
        ToolFailure: `no_from_address` where the sender has none that could be used.
    """
    if not sender.support_email:
        raise ToolFailure("no_from_address", "E-mail needs an address to come from: set `support_email` of the sender.")
    return _address(" ".join(sender.brand.split()), sender.support_email)


def _address(name: str, address: str) -> Address:
    local, at, domain = address.strip().rpartition("@")
    try:
        if not at or not local.isascii():
            raise ValueError("no @, or something else than ASCII before it")
        return Address(display_name=name, addr_spec=f"{local}@{domain.encode('idna').decode('ascii')}")
    except (ValueError, IndexError, MessageError) as error:  # email's parser raises IndexError on some broken addresses
        raise ToolFailure("bad_address", f"{address!r} is no e-mail address that mail can be sent to.") from error
