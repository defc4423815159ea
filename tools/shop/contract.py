"""The five tables of a shop, as data: what `import` accepts and what is stored.

Money enters in major units (`price`, dollars) and is stored as int64 minor units (`price_minor`, cents) of the shop's
currency. Times are stored without a zone and are always UTC. Identifiers are strings, numbers are float64.
"""

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["id", "text", "money", "number", "bool", "time"]


@dataclass(frozen=True)
class Column:
    """One column: its name in the input, its kind, whether it is needed, and for numbers and money the range.

    `above`: greater than; `least`, `most`: at least, at most. Money in major units.
    """

    name: str
    kind: Kind
    required: bool = False
    above: float | None = None
    least: float | None = None
    most: float | None = None
    sparse: bool = False
    """Stored only by a shop that brings it."""

    @property
    def stored(self) -> str:
        """Its name in the store."""
        return f"{self.name}_minor" if self.kind == "money" else self.name


@dataclass(frozen=True)
class Table:
    """One table of the contract."""

    name: str
    columns: tuple[Column, ...]
    sort: tuple[str, ...]
    """Stored columns that order the file, enough of them to make the order the same every time."""
    without: str
    """What cannot be done where the shop does not bring it."""
    key: str | None = None
    """The column that no two rows may share."""
    one_of: tuple[str, ...] = ()
    """Columns of which a row needs at least one."""
    refers: dict[str, str] = field(default_factory=dict)
    """Column → table that must know its value, where the shop brings that table."""
    may_be_empty: bool = False

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.name == name), None)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


CUSTOMERS = Table(
    name="customers",
    columns=(
        Column("customer_id", "id", required=True),
        Column("email", "text"),
        Column("phone", "text"),
        Column("first_name", "text"),
        Column("country", "text"),
        Column("language", "text"),
        Column("timezone", "text"),
        Column("created_at", "time"),
        Column("consent_email", "bool"),
        Column("consent_sms", "bool"),
        Column("consent_push", "bool"),
    ),
    key="customer_id",
    sort=("customer_id",),
    without="the customers are those who ordered or were contacted; without addresses and consent nothing can be sent",
)
PRODUCTS = Table(
    name="products",
    columns=(
        Column("product_id", "id", required=True),
        Column("name", "text", required=True),
        Column("category", "text", required=True),
        Column("department", "text"),
        Column("brand", "text"),
        Column("price", "money", least=0),
        Column("cost", "money", least=0),
        Column("stock", "number", least=0),
        Column("description", "text"),
        Column("url", "text"),
        Column("image_url", "text"),
    ),
    key="product_id",
    sort=("product_id",),
    without="no product can be shown, and no audience can be chosen by category, brand or product name",
)
ORDERS = Table(
    name="orders",
    columns=(
        Column("order_id", "id", required=True),
        Column("customer_id", "id", required=True),
        Column("product_id", "id", required=True),
        Column("ordered_at", "time", required=True),
        Column("quantity", "number", required=True, above=0),
        Column("amount", "money", required=True, least=0),
        Column("discount", "money", least=0),
    ),
    refers={"customer_id": "customers", "product_id": "products"},
    sort=("ordered_at", "order_id", "product_id", "customer_id", "quantity", "amount_minor", "discount_minor"),
    without="no audience can be chosen by what was bought and when, and no forecast can be made from purchases",
)
CONTACTS = Table(
    name="contacts",
    columns=(
        Column("campaign_id", "id", required=True),
        Column("customer_id", "id", required=True),
        Column("channel", "text", required=True),
        Column("sent_at", "time", required=True),
        Column("arm", "text"),
        Column("offer", "text"),
        Column("randomised", "bool"),
        Column("propensity", "number", above=0, most=1),
        Column("opened_at", "time"),
        Column("clicked_at", "time"),
        Column("redeemed_at", "time"),
        Column("converted_at", "time"),
        Column("revenue", "money"),
        Column("visited_at", "time", sparse=True),
        Column("opened", "bool", sparse=True),
        Column("clicked", "bool", sparse=True),
        Column("redeemed", "bool", sparse=True),
        Column("visited", "bool", sparse=True),
        Column("converted", "bool", sparse=True),
    ),
    refers={"customer_id": "customers"},
    sort=("sent_at", "campaign_id", "customer_id", "channel"),
    without="response rates are assumptions, frequency caps see no past contact, no past campaign can be read out",
    may_be_empty=True,
)
SUPPRESSIONS = Table(
    name="suppressions",
    columns=(
        Column("customer_id", "id"),
        Column("email", "text"),
        Column("channel", "text"),
        Column("reason", "text"),
        Column("at", "time"),
    ),
    one_of=("customer_id", "email"),
    sort=("customer_id", "email", "channel", "at"),
    without="nobody is suppressed; only consent keeps a customer out",
    may_be_empty=True,
)
TABLES: dict[str, Table] = {table.name: table for table in (CUSTOMERS, PRODUCTS, ORDERS, CONTACTS, SUPPRESSIONS)}
RECORDS = ("consent_at", "consent_type", "consent_text_version", "synthetic_columns")
"""Extra columns of customers that are records about the row, not attributes to choose an audience by."""
