"""What the made shops hold: a small one for the filter language, and a grocer's for words and audiences."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any

from tests.tools.segments.made_shop import Rows, at

AS_OF = date(2024, 6, 1)
AGES = ("18-24", "25-34", "35-44", "45-54", "65+", None)
CATEGORIES = {"TEA": "DRINKS", "COFFEE": "DRINKS", "DOG FOODS": "PETS", "HOT DOGS": "MEAT"}


def small_tables() -> dict[str, Rows]:
    """25 customers, 12 products, 160 order lines and 40 contacts, some of each after `AS_OF`."""
    draw = random.Random(7)
    first = at("2024-01-01")

    def moment() -> datetime:
        return first + timedelta(days=draw.randrange(170), hours=draw.choice((0, 0, 9, 23)))

    ids = [f"c{i:02}" for i in range(25)]
    customers: Rows = [
        {
            "customer_id": customer,
            "created_at": None if i % 5 == 0 else first + timedelta(days=3 * i),
            "age": draw.choice(AGES),
            "tier": draw.choice(("Gold", "O'Neill's", None)),
            "points": draw.choice((0.0, 10.0, 250.0, None)),
        }
        for i, customer in enumerate(ids)
    ]
    products: Rows = [
        {
            "product_id": f"p{i:02}",
            "name": f"Product {i}",
            "category": category,
            "department": CATEGORIES[category],
            "brand": draw.choice(("Acme", "Own", None)),
            "product_type": f"{category} {i % 3}",
        }
        for i, category in enumerate(list(CATEGORIES) * 3)
    ]
    orders: Rows = []
    for number in range(90):
        customer, when = draw.choice(ids[:20]), moment()
        for product in draw.sample(products, draw.choice((1, 1, 2, 3))):
            amount = draw.choice((0, 100, 250, 1000))
            saved = draw.choice((None, 0, 50))
            orders.append(
                {"order_id": f"o{number}", "customer_id": customer, "product_id": product["product_id"],
                 "ordered_at": when, "quantity": 1.0, "amount_minor": amount, "discount_minor": saved}
            )  # fmt: skip
    contacts: Rows = []
    for number in range(40):
        when = moment()
        redeemed = when + timedelta(days=draw.randrange(20)) if draw.random() < 0.4 else None
        contacts.append(
            {"campaign_id": f"k{number % 3}", "customer_id": draw.choice(ids), "sent_at": when,
             "channel": draw.choice(("mail", "email")), "arm": draw.choice((None, "campaign", "holdout")),
             "redeemed_at": redeemed}
        )  # fmt: skip
    return {"customers": customers, "products": products, "orders": orders, "contacts": contacts}


GROCER = {
    "DOG FOODS": "GROCERY", "CAT FOOD": "GROCERY", "CAT LITTER": "GROCERY", "PET CARE SUPPLIES": "GROCERY",
    "HOT DOGS": "MEAT-PCKGD", "COFFEE": "GROCERY", "COFFEE FILTERS": "DRUG GM", "COFFEE SHOP": "RESTAURANT",
    "DOMESTIC WINE": "GROCERY", "IMPORTED WINE": "GROCERY", "MISC WINE": "GROCERY", "BABY FOODS": "DRUG GM",
    "INFANT FORMULA": "DRUG GM", "DIAPERS & DISPOSABLES": "DRUG GM", "ADULT INCONTINENCE": "DRUG GM",
    "FRZN ICE": "GROCERY", "FROZEN PIZZA": "GROCERY", "ORGANICS FRUIT & VEGETABLES": "PRODUCE", "RICE CAKES": "GROCERY",
    "CAKES": "PASTRY", "CHEESE": "GROCERY", "CHICKEN/POULTRY": "MEAT", "FUEL": "FUEL", "COUPON": "COUPON",
    "LAXATIVES": "DRUG GM", "SOFT DRINKS": "GROCERY", "BREAD": "GROCERY",
}  # fmt: skip
BANDS = {
    "age": ("19-24", "25-34", "35-44", "45-54", "55-64", "65+"),
    "income": ("Under 15K", "15-24K", "25-34K", "50-74K", "75-99K", "100-124K", "125-149K", "250K+"),
    "home_ownership": ("Homeowner", "Renter", "Probable Homeowner"),
    "marital_status": ("Married", "Unmarried"),
    "household_size": ("1", "2", "3", "4", "5+"),
    "kids_count": ("0", "1", "2", "3+"),
}


def grocer_tables(customers: int = 240) -> dict[str, Rows]:
    """Half of the customers are deal seekers with small baskets, half pay full price and spend much; a third lapsed."""
    draw = random.Random(11)
    people: Rows = []
    orders: Rows = []
    for i in range(customers):
        known = i % 3 != 0
        people.append(
            {"customer_id": f"c{i:03}", "email": f"Person{i}@example.com" if i % 10 else None, "phone": "+12025550100",
             "first_name": "Ann", "country": "US", "timezone": "America/New_York", "consent_email": i % 7 < 5,
             "consent_sms": i % 7 in (1, 6), "consent_push": False, "created_at": None}
            | {name: draw.choice(values) if known else None for name, values in BANDS.items()}
        )  # fmt: skip
        deals = i % 2 == 0
        start = 100 if i % 3 == 1 else 1
        for number in range(draw.randrange(4, 8)):
            goods = ("DOG FOODS", "SOFT DRINKS", "LAXATIVES") if deals else ("CHEESE", "BREAD", "FUEL")
            category = draw.choice(goods[1:] if i % 12 == 0 else goods)
            when = at("2024-06-01T12:00") - timedelta(days=start + draw.randrange(40))
            if i % 12 == 0 and not number:  # Dog food long ago, and other things since.
                category, when = "DOG FOODS", at("2024-03-01")
            paid = draw.randrange(300, 500) if deals else draw.randrange(6000, 9000)
            orders.append(
                {"order_id": f"o{i}-{number}", "customer_id": f"c{i:03}", "product_id": category, "ordered_at": when,
                 "quantity": 1.0, "amount_minor": paid, "discount_minor": 150 if deals else 0}
            )  # fmt: skip
    products: Rows = [
        {"product_id": category, "name": category, "category": category, "department": department,
         "brand": "Private" if category == "BREAD" else "National", "product_type": f"{category} REGULAR"}
        for category, department in GROCER.items()
    ]  # fmt: skip
    return {"customers": people, "products": products, "orders": orders}


def suppressions() -> Rows:
    """By id, by address in another spelling, for one channel, for one that is not sent, and by a word that is none."""
    rows: list[dict[str, Any]] = [
        {"customer_id": "c001", "channel": None},
        {"email": " PERSON002@example.com ".replace("002", "2"), "channel": "all"},
        {"customer_id": "c003", "channel": "email"},
        {"customer_id": "c008", "channel": "email"},
        {"customer_id": "c006", "channel": "mail"},
        {"customer_id": "c007", "channel": "carrier pigeon"},
        {"customer_id": "c009", "channel": None, "at": at("2024-07-01")},
    ]
    return [{"customer_id": None, "email": None, "at": None, **row} for row in rows]
