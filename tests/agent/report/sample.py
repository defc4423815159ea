"""A small campaign made by hand, with every part, and with HTML in every place that others write."""

from datetime import UTC, date, datetime

from agent.brief.fields import Brief, BriefFields, Default, Quote
from agent.campaign import Campaign, Data, ToolCall
from tools.budget.types import AllocationCell, AllocationPart, BudgetPoint, Certificate, Constraint
from tools.catalog.types import ProductChoice, ProductFact
from tools.compliance.types import Check
from tools.copywriter.types import CopyItem
from tools.experiment.types import Arm, Assignment, ExperimentPart
from tools.response.types import CostModel, ForecastCell, Offer, Source
from tools.segments.filter import AllOf, Bought, Measure, Scope
from tools.segments.types import AudiencePart, Candidate, FunnelStep, Resolution, Segment
from tools.vocabulary import Basis, Channel, Interval, Money

EVIL = '<img src="http://evil.example/x" onerror=alert(1)><script>alert(2)</script>'
TEXT = f"Win back pet owners. $20,000, email and SMS. {EVIL}"
WHO = AllOf(of=(Bought(scope=Scope(categories=("DOG FOODS",))), Measure(measure="recency_days", op="ge", value=60)))
FUNNEL = (("everyone", 2469), ("matches", 1234), ("consented", 1007), ("holdout taken out", 906))


def campaign(basis: Basis = "assumed") -> Campaign:
    return Campaign(
        campaign_id="c-1",
        status="draft",
        today=date(2017, 11, 24),
        created_at=datetime(2017, 11, 24, 9, tzinfo=UTC),
        data=Data(
            shop=f"Shop {EVIL}",
            content_sha="ab12",
            market="US",
            currency="USD",
            last_order_at=datetime(2017, 11, 23, tzinfo=UTC),
            synthetic={"customers": ("email", "phone")},
        ),
        brief=brief(),
        audience=audience(),
        products=(product(),),
        offers=(offer(),),
        forecast=tuple(cell(channel, basis) for channel in ("email", "sms")),
        allocation=allocation(),
        copies=(copy("email", "a"), copy("email", "b"), copy("sms", "a"), copy("search", "a")),
        checks=(
            Check(rule_id="US-EM-01", market="US", severity="block", verdict="pass", subject="k", detail="Fine."),
            Check(rule_id="US-SM-02", market="US", severity="warn", verdict="fail", subject="k", detail="Too long."),
        ),
        experiment=experiment(),
        trace=(ToolCall(seq=1, tool="size_audience", mode="READ", arguments={}, ok=True, summary=EVIL, ms=1234),),
    )


def bare() -> Campaign:
    """Nothing but a brief: what there is when a question stops the plan."""
    return Campaign(
        campaign_id="c-2",
        status="needs_input",
        today=date(2017, 11, 24),
        created_at=datetime(2017, 11, 24, 9, tzinfo=UTC),
        brief=Brief(text="Sell more.", status="needs_input", fields=BriefFields(), evidence={}),
    )


def brief() -> Brief:
    goal, money = TEXT.index("Win back"), TEXT.index("$20,000")
    return Brief(
        text=TEXT,
        status="ok",
        fields=BriefFields(
            goal="win_back",
            budget=Money(amount_minor=2_000_000, currency="USD"),
            start=date(2017, 12, 1),
            end=date(2017, 12, 14),
            channels=("email", "sms"),
        ),
        evidence={
            "goal": Quote(quote="Win back", start=goal, end=goal + 8),
            "audience": (Quote(quote="back pet owners", start=goal + 4, end=goal + 19),),
            "budget": Quote(quote="$20,000", start=money, end=money + 7),
            "tone": Quote(quote="not there", start=0, end=9),
            "holdout_pct": Default(default="not stated: 10% of each segment is held out"),
        },
    )


def audience() -> AudiencePart:
    return AudiencePart(
        filter=WHO,
        sql="SELECT customer_id FROM orders WHERE 1 < 2",
        funnel=tuple(FunnelStep(step=step, customers=n) for step, n in FUNNEL),
        size=906,
        segments=(
            Segment(
                segment_id="s1",
                name="Lapsed regulars",
                filter=WHO,
                size=906,
                profile={"recency_days": 84, "spend_minor": 123_456, "top_categories": "Dog food", "reachable_sms": 7},
            ),
        ),
        resolutions=(
            Resolution(
                phrase="pet owners",
                chosen=(Candidate(level="category", value="DOG FOODS", score=0.91, customers=1234),),
                rejected=(Candidate(level="category", value="PEST CONTROL", score=0.42),),
                method="synonym",
                clear=True,
            ),
        ),
        notes=("Another reading has 826 customers.",),
    )


def product() -> ProductChoice:
    name = f"Dog food {EVIL}"
    fact = ProductFact(product_id="p1", name=name, raw_name="DOG FD", price_minor=1299, currency="USD")
    return ProductChoice(
        product_id="p1",
        name=name,
        category="DOG FOODS",
        segment_id="s1",
        score=0.8,
        reasons=("bought by 38%",),
        fact=fact,
    )


def offer() -> Offer:
    cost = CostModel(kind="share_of_promoted_sales", rate=0.1, text="10% of the promoted products' sales")
    return Offer(offer_id="o1", type="percent", value=10, discount_pct=10, cost_model=cost)


def cell(channel: Channel, basis: Basis) -> ForecastCell:
    return ForecastCell(
        segment_id="s1",
        channel=channel,
        offer_id="o1",
        customers=906,
        buy_anyway_rate=Interval(estimate=0.04, low=0.03, high=0.05),
        response_rate=Interval(estimate=0.055, low=0.04, high=0.07),
        incremental_orders=13.6,
        incremental_orders_interval=Interval(estimate=13.6, low=-4, high=30),
        incremental_margin_minor=-4321 if channel == "sms" else 98_765,
        sending_cost_minor=906,
        discount_cost_minor=20_000,
        cost_minor=20_906,
        basis=basis,
        sources=(Source(basis=basis, text="Coupon mailings of 2017", verified=False),),
    )


def allocation() -> AllocationPart:
    return AllocationPart(
        status="optimal",
        solver="GLOP",
        objective=98_765,
        bound=98_765,
        gap=0,
        spend_minor=20_906,
        budget_minor=2_000_000,
        shadow_price=0,
        constraints=(Constraint(name="budget", limit=2_000_000, used=20_906, shadow_price=0),),
        cells=(
            AllocationCell(
                segment_id="s1",
                channel="email",
                offer_id="o1",
                customers=899,
                cost_minor=20_706,
                incremental_margin_minor=98_765,
            ),
        ),
        budget_curve=tuple(
            BudgetPoint(budget_minor=b, spend_minor=b, incremental_margin_minor=5 * b**0.9, shadow_price=0)
            for b in (0, 5_000, 10_000, 20_000, 2_000_000)
        ),
        certificate=Certificate(
            spend_minor=20_906,
            budget_minor=2_000_000,
            violations=(),
            objective=98_765,
            bound=98_765,
            gap=0,
            method="weak duality",
        ),
        explanation=("The budget does not bind: everybody who pays is contacted.",),
    )


def copy(channel: Channel, variant: str) -> CopyItem:
    parts = {
        "email": {"subject": "We miss you", "preheader": "Come back", "headline": "Hello", "body": EVIL,
                  "call_to_action": "Shop now", "footer": "Unsubscribe"},
        "sms": {"text": f"Hi! {EVIL}"},
        "search": {"headline_1": EVIL, "description_1": "Dog food"},
    }[channel]  # fmt: skip
    return CopyItem(
        copy_id=f"k-{channel}-{variant}", segment_id="s1", channel=channel, language="en", variant=variant,
        angle="need", offer_id="o1", product_ids=("p1",), parts=parts, rendered=parts, writer="template",
    )  # fmt: skip


def experiment() -> ExperimentPart:
    return ExperimentPart(
        arms=(Arm(name="holdout", customers=101), Arm(name="campaign", customers=906)),
        assignment=Assignment(salt="c-1"),
        metric="share of customers with an order in the window",
        baseline=Interval(estimate=0.04, low=0.03, high=0.05),
        mde=0.061,
        expected_effect=0.015,
        power=0.8,
        alpha=0.05,
        days=14,
        measurable=False,
        note="The expected difference is below what can be seen.",
    )
