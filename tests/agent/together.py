"""One of two who revise a campaign at once: plans its change, waits until the other has too, and then writes.

`python -m tests.agent.together HOME CAMPAIGN TEXT MINE OTHER`: the last two are files that say "I am there".
"""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agent import plan
from agent.conversation.chat import Chat
from agent.conversation.memory import memory
from agent.deps import Deps
from agent.settings import Settings
from agent.shelf import find


def main() -> None:
    home, name, text = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    mine, other = Path(sys.argv[4]), Path(sys.argv[5])
    whole = plan.write

    def write(*arguments: Any, **named: Any) -> Any:
        mine.touch()
        while not other.exists():
            time.sleep(0.05)
        return whole(*arguments, **named)

    plan.write = write
    deps = Deps(Settings(home=home, workers=0), lambda: datetime(2017, 11, 24, 9, tzinfo=UTC))
    shelved = find(home, name)
    with memory(home) as saver:
        sys.stdout.write(Chat(deps, shelved.folder, shelved.campaign, saver).say(text).model_dump_json())


if __name__ == "__main__":
    main()
