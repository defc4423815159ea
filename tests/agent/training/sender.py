"""A sender with all that the law asks for, of shops that are made for a test of training."""

from tools.shop.profile import Sender

SENDER = Sender(
    brand="Shop",
    legal_name="Shop Ltd",
    postal_address="1 High Street, Springfield, IL 62701, USA",
    website="https://shop.example",
    unsubscribe_url="https://shop.example/u",
    support_email="help@shop.example",
    list_unsubscribe_one_click=True,
    from_domain_aligned=True,
    unsubscribe_live_days=60,
)
