"""A campaign's e-mails as they will look, sent to one address of the team's own: examples only, no customer's data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.failure import ToolFailure

if TYPE_CHECKING:
    from datetime import datetime
    from email.message import EmailMessage

    from agent.campaign import Campaign
    from tools.shop.profile import Sender


def messages(
    campaign: Campaign, sender: Sender, to: str, *, now: datetime, copy_id: str | None = None
) -> list[EmailMessage]:
    """One message a copy, its subject marked as a test.

    Args:
        copy_id: only that copy; null: every e-mail of the campaign.

    Raises:
        ToolFailure: `no_email_copy`, with the copies there are; `bad_address`; `no_from_address`.
    """
    from tools.launch.email.content import email_content
    from tools.launch.email.mime import mime_message

    emails = [item for item in campaign.copies if item.channel == "email"]
    chosen = [item for item in emails if copy_id in (None, item.copy_id)]
    if not chosen:
        known = ", ".join(item.copy_id for item in emails) or "none"
        wanted = f"copy `{copy_id}`" if copy_id else "e-mail"
        message = f"`{campaign.campaign_id}` has no {wanted}; its e-mails are: {known}"
        raise ToolFailure("no_email_copy", message, copies=known)
    made = []
    for item in chosen:
        rendered = item.rendered | {"subject": f"[Test] {item.rendered['subject']}"}
        stamp = f"{campaign.campaign_id}.{item.copy_id}.test.{now:%Y%m%d%H%M%S%f}"
        content = email_content(rendered, item.language, sender)
        mail = mime_message(content, sender, to=to, date=now, message_id=stamp)
        mail["X-Briefsmith-Copy"] = item.copy_id
        made.append(mail)
    return made
