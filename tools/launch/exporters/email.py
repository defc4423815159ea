"""Ready e-mails: an example of each copy as HTML and `.eml`, everybody's message in one archive, unsubscribe tokens."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path

from tools.copywriter.types import CopyItem
from tools.failure import ToolFailure
from tools.launch.coupons import LENGTH
from tools.launch.email.content import EmailContent, email_content
from tools.launch.email.layout import email_html
from tools.launch.email.mime import from_address, mime_message, unsubscribe_link, unsubscribe_token
from tools.launch.exporters.codes import shared_code
from tools.launch.exporters.people import People, Person, people
from tools.launch.exporters.sheet import left_out, sheet
from tools.launch.exporters.types import ExportInput, Writers
from tools.launch.windows import SEND_HOURS
from tools.vocabulary import Language

EXAMPLE_CODE = "X" * LENGTH
"""Stands in an example where each customer has a code of their own."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of every archive member: the same input writes the same bytes."""


def email(data: ExportInput) -> Writers:
    """`email-COPY.html` and `email-COPY.eml` for each copy, `email-messages.zip`, `unsubscribe-tokens.csv`.

    Raises:
        ToolFailure: `nothing_to_export`, `no_from_address`, `email_too_large` with the subject concerned.
    """
    found = people(data, "email")
    from_address(data.sender)
    used = set(data.messages.loc[data.messages["channel"] == "email", "copy_id"])
    writers: Writers = {}
    for item in data.copies:
        if item.copy_id in used:
            writers |= _example(data, item)
    mails = _Mails(data, found)
    tokens = [(person.customer_id, mails.token(person)) for person in found.reached]
    return {
        **writers,
        "email-messages.zip": mails.archive,
        **sheet("unsubscribe-tokens", ("customer_id", "token"), tokens),
        **left_out("email", found.left_out),
    }


def _example(data: ExportInput, item: CopyItem) -> Writers:
    """As the plan's report shows it, for an example customer, to the shop's own address."""
    code = shared_code(item) if data.unique_codes else ""
    rendered = {part: text.replace(code, EXAMPLE_CODE) if code else text for part, text in item.rendered.items()}
    content = email_content(rendered, item.language, data.sender)
    html = email_html(content)
    raw = mime_message(
        content,
        data.sender,
        to=data.sender.support_email or "",
        date=_sent(data),
        message_id=f"{data.campaign_id}.{_plain(item.copy_id)}",
    ).as_bytes()
    stem = f"email-{_plain(item.copy_id)}"

    def write_html(path: Path) -> None:
        path.write_text(html, encoding="utf-8", newline="\n")

    def write_eml(path: Path) -> None:
        path.write_bytes(raw)

    return {f"{stem}.html": write_html, f"{stem}.eml": write_eml}


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "_", name)


def _sent(data: ExportInput) -> datetime:
    """The first hour of the first day; the sending system sets its own."""
    return datetime.combine(data.window.start, time(SEND_HOURS[0]), UTC)


@dataclass(frozen=True)
class _Mails:
    data: ExportInput
    found: People

    def token(self, person: Person) -> str:
        return unsubscribe_token(self.data.secret, self.data.campaign_id, person.customer_id)

    def archive(self, path: Path) -> None:
        """One `.eml` a recipient, written one after another, so that memory stays bounded."""
        with zipfile.ZipFile(path, "w", compression=zipfile.ZIP_DEFLATED, compresslevel=6) as file:
            for number, (person, content) in enumerate(self._contents(), start=1):
                raw = mime_message(
                    content,
                    self.data.sender,
                    to=person.address,
                    name=person.first_name,
                    date=_sent(self.data),
                    message_id=f"{self.data.campaign_id}.{self.token(person)}",
                ).as_bytes()
                member = zipfile.ZipInfo(f"{number:07}.eml", _EPOCH)
                member.compress_type = zipfile.ZIP_DEFLATED
                file.writestr(member, raw)

    def _contents(self) -> Iterator[tuple[Person, EmailContent]]:
        mails = self.data.messages[self.data.messages["channel"] == "email"]
        by_customer = dict(zip(mails["customer_id"], mails.to_dict("records"), strict=True))
        for person in self.found.reached:
            row = {str(key): value for key, value in by_customer[person.customer_id].items()}
            link = unsubscribe_link(self.data.sender, self.token(person))
            yield person, email_content(row, _language(row["language"]), self.data.sender, unsubscribe=link)


def _language(value: object) -> Language:
    if value == "zh":
        return "zh"
    if value == "en":
        return "en"
    raise ToolFailure("unknown_language", f"a message is in {value!r}; known are en and zh")
