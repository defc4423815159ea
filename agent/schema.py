"""The JSON Schema of `campaign.json`, kept under version control: `python -m agent.schema FILE` writes it."""

import json
import sys
from pathlib import Path

from agent.campaign import Campaign


def campaign_schema() -> str:
    """The schema as it is stored: sorted keys, two spaces, a closing newline."""
    schema = Campaign.model_json_schema(mode="serialization", by_alias=True)
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(campaign_schema(), encoding="utf-8")
