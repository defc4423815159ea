"""A plan of the small shop, made once; each test talks about a copy of it in a folder and a memory of its own."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from agent.conversation.chat import Chat
from agent.conversation.memory import memory
from agent.deps import Deps
from agent.plan import plan
from agent.shelf import read

BRIEF = (
    "Win back customers who haven't bought anything for 30 days. $500, email and SMS, Dec 1–14, "
    "never above 15% off. Warm, a bit playful."
)
Open = Callable[..., Chat]


@pytest.fixture(scope="session")
def base(deps: Deps, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("talk") / "base"
    made = plan(BRIEF, deps, out=folder)
    assert made.campaign.status == "draft", made.campaign.problem
    return folder


@pytest.fixture
def open_chat(deps: Deps, base: Path, tmp_path: Path) -> Iterator[Open]:
    """Opens the conversation; called again, it is opened anew from disk, as after a restart."""
    folder = tmp_path / "campaign"
    shutil.copytree(base, folder)
    with ExitStack() as stack:

        def opened(brief: str | None = None) -> Chat:
            if brief is not None:
                shutil.rmtree(folder)
                plan(brief, deps, out=folder)
            saver = stack.enter_context(memory(tmp_path / "home"))
            return Chat(deps, folder, read(folder, "campaign").campaign, saver)

        yield opened
