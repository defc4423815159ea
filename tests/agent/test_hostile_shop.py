"""A shop whose products, categories and customers are named in HTML, script, Markdown, templates and formulas.

Planned, edited, approved and exported as any other: nothing of it may run in report, page, e-mail or spreadsheet.
"""

import csv
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from html.parser import HTMLParser
from pathlib import Path

import pytest

from agent.approval import approve
from agent.deps import Deps
from agent.export import export
from agent.plan import Planned, plan
from agent.report.render import render_panel
from agent.settings import Settings
from agent.shelf import read
from tests.tools.shop.shop_files import write_files
from tools.shop.importing import import_shop
from tools.shop.profile import Sender

pytestmark = pytest.mark.deep
TODAY = datetime(2024, 6, 1, 9, tzinfo=UTC)
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "[Dog food](javascript:alert(3))",
    "=HYPERLINK(A1)",
    "+SUM(A:A)",
    "@cmd",
    "-cmd",
    "{{7*7}} {first_name}",
    "*|EMAIL|* {% include 'x' %}",
    "<svg/onload=alert(4)>",
    "Treats</p></body><iframe src=x>",
    "Dog food",
)
SENDER = Sender(
    brand="Hostile & Sons",
    postal_address="1 High Street, Anytown, OH 00000, USA",
    website="https://shop.example",
    unsubscribe_url="https://shop.example/unsubscribe",
    support_email="hello@shop.example",
    list_unsubscribe_one_click=True,
    from_domain_aligned=True,
    unsubscribe_live_days=60,
)
BRIEF = "Win back customers who haven't bought anything for 30 days. $500, email, June 5–20, at most 15% off."


class Elements(HTMLParser):
    """The elements and attributes of a page, as a browser would find them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses |= {value or "" for name, value in attrs if name in ("href", "src")}


def _tables() -> dict[str, str]:
    customers = [["customer_id", "email", "first_name", "consent_email", "created_at"]]
    customers += [
        [f"c{i}", f"c{i}@shop.example", HOSTILE[i % len(HOSTILE)], "yes", "2023-01-05T00:00:00Z"] for i in range(60)
    ]
    products = [["product_id", "name", "category", "price", "description"]]
    products += [[f"p{i}", name, HOSTILE[(i + 5) % len(HOSTILE)], "12.50", name] for i, name in enumerate(HOSTILE)]
    orders = [["order_id", "customer_id", "product_id", "ordered_at", "quantity", "amount"]]
    for i in range(240):
        at = TODAY - timedelta(days=40 + i % 200)
        orders.append([f"o{i}", f"c{i % 60}", f"p{i % len(HOSTILE)}", at.isoformat(), "1", "12.50"])
    out = [["customer_id", "channel", "reason", "at"], ["c59", "", "unsubscribed", "2024-03-15"]]
    tables = {"customers": customers, "products": products, "orders": orders, "suppressions": out}
    return {name: _csv(rows) for name, rows in tables.items()}


def _csv(rows: list[list[str]]) -> str:
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    return "\n".join(quoted) + "\n"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Planned, Deps]]:
    folder = tmp_path_factory.mktemp("hostile")
    home = folder / "home"
    import_shop(
        write_files(folder / "files", _tables()),
        home=home,
        name="<i>Shop</i> =1",
        currency="USD",
        market="US",
        sender=SENDER,
    )
    deps = Deps(Settings(home=home), lambda: TODAY)
    planned = plan(BRIEF, deps)
    yield planned, deps
    deps.ledger.close()


def _harmless(text: str) -> None:
    found = Elements(text)
    assert not found.tags & {"script", "iframe", "img", "object", "embed", "link", "form", "b", "i"}
    assert [name for name in found.attributes if name.startswith("on")] == []
    assert [one for one in found.addresses if not one.startswith(("https://shop.example", "#", "mailto:"))] == []


def test_it_is_planned_and_its_names_stand_as_text(hostile: tuple[Planned, Deps]) -> None:
    planned, _ = hostile
    assert planned.campaign.status == "draft", planned.campaign.problem
    _harmless((planned.folder / "report.html").read_text(encoding="utf-8"))
    panel = render_panel(planned.campaign)
    _harmless(panel)
    assert "alert(1)" in panel, "the names are shown, as text"


def test_no_name_is_said_that_is_none(hostile: tuple[Planned, Deps]) -> None:
    planned, _ = hostile
    said = " ".join(text for item in planned.campaign.copies for text in item.rendered.values())
    assert said
    for word in ("alert(", "onerror", "HYPERLINK", "javascript", "{{", "{%", "*|"):
        assert word not in said


@pytest.mark.parametrize("name", ["messages.csv", "audience.csv"])
def test_no_cell_is_a_formula(hostile: tuple[Planned, Deps], name: str) -> None:
    planned, _ = hostile
    with (planned.folder / name).open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert cells
    assert [cell for cell in cells if re.match(r"[=+@\t\r]|-(?!\d)", cell)] == []


def test_nothing_runs_in_what_is_exported(hostile: tuple[Planned, Deps], tmp_path: Path) -> None:
    planned, deps = hostile
    shelved = read(planned.folder, planned.campaign.campaign_id)
    approve(shelved, "Ann", deps.ledger, planned.campaign.plan_sha())
    done = export(read(planned.folder, planned.campaign.campaign_id), "email", tmp_path / "email", deps, deps.ledger)
    pages = [path for name in done.files if (path := tmp_path / "email" / name).suffix in (".html", ".eml")]
    assert pages
    for path in pages:
        _harmless(_html(path))


def _html(path: Path) -> str:
    if path.suffix == ".html":
        return path.read_text(encoding="utf-8")
    part = message_from_bytes(path.read_bytes(), policy=policy.default).get_body(("html",))
    return str(part.get_content()) if part is not None else ""
