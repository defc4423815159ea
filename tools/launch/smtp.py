"""One message to an SMTP server: for tests of what a campaign looks like, never for a campaign itself."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from tools.failure import ToolFailure

TIMEOUT_S = 20.0
_PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True)
class SmtpServer:
    """`tls`: from the first byte on; else STARTTLS where the server offers it. A password never goes out in clear."""

    host: str
    port: int
    tls: bool
    user: str = ""
    password: str = ""


def smtp_server(url: str) -> SmtpServer:
    """`smtp://localhost:1025`, `smtps://user:password@mail.example`.

    Raises:
        ToolFailure: `bad_smtp_url`; the message does not repeat a password.
    """
    try:
        split = urlsplit(url)
        port = split.port
    except ValueError:
        split, port = urlsplit(""), None
    if split.scheme not in _PORTS or not split.hostname or split.path.strip("/") or split.query:
        raise ToolFailure(
            "bad_smtp_url", "an SMTP server is written as `smtp://host:port` or `smtps://user:password@host`"
        )
    return SmtpServer(
        host=split.hostname,
        port=port or _PORTS[split.scheme],
        tls=split.scheme == "smtps",
        user=unquote(split.username or ""),
        password=unquote(split.password or ""),
    )


def send(messages: Sequence[EmailMessage], server: SmtpServer) -> int:
    """Send in one connection; how many the server took.

    Raises:
        ToolFailure: `smtp_failed` with what the server said and how many it had taken before.
    """
    taken = 0
    try:
        with _connection(server) as connection:
            for message in messages:
                connection.send_message(message)
                taken += 1
    except (OSError, smtplib.SMTPException) as error:
        raise ToolFailure(
            "smtp_failed",
            f"The server {server.host}:{server.port} took {taken} of {len(messages)} messages and then said: {error}",
            taken=taken,
        ) from error
    return taken


def _connection(server: SmtpServer) -> smtplib.SMTP:
    if server.tls:
        context = ssl.create_default_context()
        connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_S, context=context)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
        connection.ehlo()
        if connection.has_extn("starttls"):
            connection.starttls(context=ssl.create_default_context())
            connection.ehlo()
        elif server.password:
            connection.close()
            raise smtplib.SMTPNotSupportedError("no TLS is offered, so the password was not sent")
    if server.user:
        connection.login(server.user, server.password)
    return connection
