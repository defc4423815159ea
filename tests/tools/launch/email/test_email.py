"""The e-mail: what was approved, readable anywhere, and nothing in it that runs, whatever the words hold."""

import email.policy
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.tools.copywriter.desk import NO_OFFER, PRODUCTS, SENDER, WINDOW
from tests.tools.launch.campaign import CODE, SECRET, campaign, customers, naughty_strings
from tools.compliance.check import check_message
from tools.compliance.message import Context, Message
from tools.failure import ToolFailure
from tools.launch.email.content import EmailContent, email_content, plain_text, web_link
from tools.launch.email.layout import MOST_BYTES, email_html
from tools.launch.email.mime import mime_message, unsubscribe_link, unsubscribe_token
from tools.launch.exporters.codes import with_unique_codes
from tools.launch.exporters.email import email as export
from tools.shop.profile import Sender
from tools.vocabulary import Language

SHOP = SENDER.model_copy(update={"support_email": "care@cornermarket.example"})
PARTS = ("subject", "preheader", "headline", "body", "call_to_action", "footer")
DATE = datetime(2017, 12, 1, 10, tzinfo=UTC)


class Structure(HTMLParser):
    """Tags, attributes and addresses, without the words."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.addresses: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        self.addresses |= {value or "" for name, value in attrs if name in ("href", "src", "background", "action")}


def structure(html: str) -> Structure:
    found = Structure()
    found.feed(html)
    found.close()
    return found


def content(text: str, sender: Sender = SHOP) -> EmailContent:
    return email_content(dict.fromkeys(PARTS, text), "en", sender)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_passes_the_rule_on_rendering(language: Language) -> None:
    data = campaign(customers(10), channels=("email",), language=language)
    for item in data.copies:
        html = email_html(email_content(item.rendered, language, data.sender))
        message = Message(
            copy_id=item.copy_id, channel="email", language=language, market="US", goal="win_back", parts=item.parts,
            rendered=item.rendered, slots={}, html=html,
        )  # fmt: skip
        context = Context(
            today=WINDOW.start, window=WINDOW, currency="USD", offer=NO_OFFER, products=PRODUCTS, sender=SHOP
        )
        [verdict] = [check for check in check_message(message, context) if check.rule_id == "render"]
        assert verdict.verdict == "pass", verdict.detail


def test_nothing_comes_from_another_host() -> None:
    html = email_html(content("Hello"))
    assert structure(html).addresses == {"https://www.cornermarket.example/"}
    assert "@import" not in html
    assert "url(" not in html


def test_words_never_change_the_structure() -> None:
    plain = structure(email_html(content("Hello")))
    attacks = [
        *naughty_strings(),
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "</title><style>*{display:none}</style>",
        "<!--[if mso]><table><![endif]-->",
        "[[link]] [[subject]]",
        "<mj-raw><script/></mj-raw>",
        "[click](javascript:alert(1)) ![x](https://evil.example/x.png)",
        "javascript:alert(1) https://evil.example",
    ]
    for text in attacks:
        found = structure(email_html(content(text)))
        assert [tag for tag in found.tags if tag not in ("p", "br")] == [t for t in plain.tags if t not in ("p", "br")]
        assert set(found.attributes) == set(plain.attributes), text
        assert found.addresses == plain.addresses, text


def test_only_the_shops_own_links_are_links() -> None:
    text = f"Leave: {SENDER.unsubscribe_url} or https://evil.example/leave"
    html = email_html(
        email_content({"footer": text}, "en", SHOP, unsubscribe="https://cornermarket.example/leave?u=me")
    )
    assert structure(html).addresses == {"https://www.cornermarket.example/", "https://cornermarket.example/leave?u=me"}


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "https://",
        "https://a b",
        "ftp://a.example",
        None,
        "http://[::1",
    ],
)
def test_what_is_no_web_address_is_no_link(address: str | None) -> None:
    assert web_link(address) == ""
    html = email_html(content("Hello", SHOP.model_copy(update={"website": address})))
    assert structure(html).addresses == set()


def test_too_much_to_show_is_refused() -> None:
    email_html(content("a" * (MOST_BYTES // 8)))
    with pytest.raises(ToolFailure) as caught:
        email_html(email_content({"subject": "Long", "body": "好" * (MOST_BYTES // 3)}, "en", SHOP))
    assert caught.value.code == "email_too_large"
    assert "'Long'" in caught.value.message


def sent(text: str = "Hello", **fields: str) -> EmailMessage:
    made = email_content(dict.fromkeys(PARTS, text) | fields, "en", SHOP, unsubscribe=unsubscribe_link(SHOP, "tok"))
    raw = mime_message(made, SHOP, to="ada@example.com", name="Ada", date=DATE, message_id="c.1").as_bytes()
    parsed = BytesParser(policy=email.policy.default).parsebytes(raw)
    assert isinstance(parsed, EmailMessage)
    return parsed


def test_the_headers_that_bulk_mail_needs() -> None:
    message = sent(subject="10 % off — für dich")
    assert message["From"] == "Corner Market <care@cornermarket.example>"
    assert message["To"] == "Ada <ada@example.com>"
    assert message["Subject"] == "10 % off — für dich"
    assert message["List-Unsubscribe"] == "<https://cornermarket.example/leave?u=tok>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Message-ID"] == "<c.1@cornermarket.example>"


def test_two_parts_with_the_same_words() -> None:
    message = sent("Grüße aus 上海")
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "Grüße aus 上海" in text.get_content()
    assert "Grüße aus 上海" in html.get_content()
    assert text.get_content().rstrip().endswith("Grüße aus 上海")


def test_the_same_bytes_again_and_no_line_too_long() -> None:
    raw = sent("x" * 5000).as_bytes()
    assert raw == sent("x" * 5000).as_bytes()
    made = mime_message(content("y" * 5000), SHOP, to="a@b.example", date=DATE, message_id="c.2").as_bytes()
    assert max(len(line) for line in made.split(b"\r\n")) <= 998


def test_no_word_becomes_a_header() -> None:
    for text in [*naughty_strings()[::10], "x\r\nBcc: all@example.com", "x\nContent-Type: text/html\n\n<script>"]:
        message = sent(text)
        assert message["Bcc"] is None
        assert message.get_content_type() == "multipart/alternative"
        assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize(
    "to", ["", "nobody", "a@b@c", "a\r\nBcc: x@y.z", "ü@example.com", "@example.com", "<a@b.example>"]
)
def test_what_is_no_address_is_refused(to: str) -> None:
    with pytest.raises(ToolFailure) as caught:
        mime_message(content("x"), SHOP, to=to, date=DATE, message_id="c")
    assert caught.value.code == "bad_address"


def test_a_token_is_the_customers_own() -> None:
    tokens = {unsubscribe_token(SECRET, "c", f"c{i}") for i in range(100)}
    assert len(tokens) == 100
    assert unsubscribe_token(SECRET, "c", "c1") != unsubscribe_token(bytes(32), "c", "c1")
    base = SHOP.model_copy(update={"unsubscribe_url": "https://a.example/leave?list=1#top"})
    assert unsubscribe_link(base, "t/&") == "https://a.example/leave?list=1&u=t%2F%26#top"


def test_the_plain_text_carries_the_links() -> None:
    text = plain_text(email_content({"headline": "Hi", "call_to_action": "Shop"}, "en", SHOP))
    assert text == "Hi\n\nShop\nhttps://www.cornermarket.example/\n"


def test_the_export_holds_everybodys_message(tmp_path: Path) -> None:
    data = replace(campaign(customers(30)), sender=SHOP)
    writers = export(data)
    for name, write in writers.items():
        write(tmp_path / name)
    mails = data.messages[data.messages["channel"] == "email"]
    with zipfile.ZipFile(tmp_path / "email-messages.zip") as archive:
        found = [BytesParser(policy=email.policy.default).parsebytes(archive.read(name)) for name in archive.namelist()]
    to = [message["To"].addresses[0].addr_spec for message in found]
    assert to == data.customers.set_index("customer_id").loc[mails["customer_id"], "email"].str.lower().tolist()
    for message, (_, row) in zip(found, mails.iterrows(), strict=True):
        assert isinstance(message, EmailMessage)
        assert message["Subject"] == row["subject"]
        body = message.get_body(("plain",))
        assert body is not None
        assert row["body"] in body.get_content().replace("\r\n", "\n")
    links = {message["List-Unsubscribe"] for message in found}
    assert len(links) == len(found)
    again = tmp_path / "again.zip"
    export(data)["email-messages.zip"](again)
    assert again.read_bytes() == (tmp_path / "email-messages.zip").read_bytes()


def test_an_example_shows_no_code_that_nobody_has(tmp_path: Path) -> None:
    data = with_unique_codes(replace(campaign(customers(20), channels=("email",)), sender=SHOP))
    [name, *_] = [name for name in export(data) if name.endswith(".html")]
    export(data)[name](tmp_path / "example.html")
    text = (tmp_path / "example.html").read_text(encoding="utf-8")
    assert CODE not in text
    assert "XXXXXXXXXX" in text


def test_without_an_address_to_come_from_nothing_is_written() -> None:
    with pytest.raises(ToolFailure) as caught:
        export(campaign(customers(10)))
    assert caught.value.code == "no_from_address"
