"""A shop of two customers, three products and four order lines, as files; a test spoils what it is about."""

from collections.abc import Mapping
from pathlib import Path

from tools.shop.importing import import_shop
from tools.shop.profile import Sender
from tools.shop.report import ImportReport

CUSTOMERS = "customer_id,email,consent_email,created_at,age_band\nc1,ann@example.com,yes,2024-01-05,30-39\nc2,,no,,\n"
PRODUCTS = "product_id,name,category,price\np1,Dog food,Pets,12.50\np2,Cat litter,Pets,8\np3,Bread,Bakery,\n"
ORDERS = (
    "order_id,customer_id,product_id,ordered_at,quantity,amount\n"
    "o1,c1,p1,2024-02-01T10:00:00Z,1,12.50\n"
    "o1,c1,p3,2024-02-01T10:00:00Z,2,4.20\n"
    "o2,c2,p2,2024-03-01T09:30:00+02:00,1,8.00\n"
    "o3,c1,p1,2024-04-01T00:00:00Z,3,37.50\n"
)
CONTACTS = (
    "campaign_id,customer_id,channel,sent_at,redeemed_at,converted_at,revenue\n"
    "spring,c1,email,2024-03-01T00:00:00Z,2024-03-05T00:00:00Z,2024-04-01T00:00:00Z,37.50\n"
    "spring,c2,email,2024-04-10T00:00:00Z,,,\n"
)
SUPPRESSIONS = "customer_id,channel,reason,at\nc2,email,unsubscribed,2024-03-15\n"
FILES = {
    "customers": CUSTOMERS,
    "products": PRODUCTS,
    "orders": ORDERS,
    "contacts": CONTACTS,
    "suppressions": SUPPRESSIONS,
}
SENDER = Sender(brand="Test Shop")


def write_files(folder: Path, files: Mapping[str, str | bytes]) -> dict[str, Path]:
    """Write `<table>.csv` for each; the content is text or the bytes themselves."""
    folder.mkdir(parents=True, exist_ok=True)
    sources = {}
    for table, content in files.items():
        path = folder / f"{table}.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        sources[table] = path
    return sources


def run_import(
    folder: Path,
    files: Mapping[str, str | bytes],
    *,
    mapping: Mapping[str, str] | None = None,
    currency: str = "USD",
) -> ImportReport:
    """Import the files into `folder/home`."""
    return import_shop(
        write_files(folder / "files", files),
        home=folder / "home",
        name="Test Shop",
        currency=currency,
        market="US",
        sender=SENDER,
        mapping=mapping,
    )


def order_line(**cells: str) -> str:
    """A good order line but for the cells given."""
    line = {
        "order_id": "o9",
        "customer_id": "c1",
        "product_id": "p1",
        "ordered_at": "2024-05-01",
        "quantity": "1",
        "amount": "5",
    }
    return ",".join((line | cells).values()) + "\n"
