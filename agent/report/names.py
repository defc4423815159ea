"""What the page calls a segment and an offer, by id: every part of a campaign refers to them by id alone."""

from dataclasses import dataclass

from agent.campaign import Campaign
from agent.report.numbers import Cash
from agent.report.words import CHANNEL, offer_words


@dataclass(frozen=True)
class Names:
    segments: dict[str, str]
    offers: dict[str, str]
    money: Cash

    @classmethod
    def of(cls, campaign: Campaign) -> "Names":
        money = Cash(campaign.data.currency if campaign.data else None)
        segments = campaign.audience.segments if campaign.audience else ()
        return cls(
            segments={one.segment_id: one.name for one in segments},
            offers={one.offer_id: offer_words(one, money) for one in campaign.offers},
            money=money,
        )

    def segment(self, segment_id: str) -> str:
        return self.segments.get(segment_id, segment_id)

    def offer(self, offer_id: str) -> str:
        return self.offers.get(offer_id, offer_id)

    @staticmethod
    def channel(channel: str) -> str:
        return CHANNEL.get(channel, channel)
