"""What leaves for a sending system or an inbox: only what was approved, only when told to go, no customer in a test."""

import json
import socket
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from typer.testing import CliRunner

from agent.approval import approve
from agent.cli import app
from agent.export import export
from agent.handover import hand_over
from agent.ledger import events
from agent.sendtest import messages
from tests.agent.launching import NOW, Desk
from tools.failure import ToolFailure
from tools.launch.connectors.http import Requests
from tools.launch.connectors.listmonk import Listmonk, listmonk_client
from tools.launch.connectors.stub import TOKEN, USER, Faults, StubServer
from tools.launch.connectors.types import Handover, Outcome
from tools.launch.exporters.registry import EXPORTERS
from tools.launch.smtp import send, smtp_server


@pytest.fixture
def stub() -> Iterator[StubServer]:
    with StubServer(faults=Faults(refused=0.1, unanswered=0.1, seed=4)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def push(desk: Desk, stub: StubServer, *, go: bool) -> tuple[Handover, Outcome | None]:
    with listmonk_client(stub.url, USER, TOKEN) as client:
        connector = Listmonk(Requests(client, sleep=lambda seconds: None))
        return hand_over(desk.shelved, connector, stub.url, desk.deps, desk.ledger, go=go)


def status(desk: Desk) -> str:
    return desk.shelved.campaign.status


def test_nothing_is_handed_over_without_approval(desk: Desk, stub: StubServer) -> None:
    with pytest.raises(ToolFailure) as caught:
        push(desk, stub, go=True)
    assert caught.value.code == "not_approved"
    assert stub.state.requests == 0


def test_without_go_nothing_happens_and_with_it_everybody_once(desk: Desk, stub: StubServer) -> None:
    approve(desk.shelved, "Ann", desk.ledger)
    handover, outcome = push(desk, stub, go=False)
    assert outcome is None
    assert stub.state.requests == 0
    assert status(desk) == "approved"
    handover, outcome = push(desk, stub, go=True)
    assert outcome is not None
    assert outcome.taken == handover.size == len(stub.state.subscribers) > 0
    assert status(desk) == "exported"
    _, again = push(desk, stub, go=True)
    assert again is not None
    assert (again.created, again.already) == (0, handover.size)
    with desk.ledger.read() as session:
        told = [event.kind for event in events.after(session, desk.shelved.campaign.campaign_id, 0)]
    assert told == ["planned", "approved", "handed_over"]


REFUSED = {"google-ads": "nothing_to_export", "meta": "no_consent_recorded", "coupons": "no_codes"}
"""What this plan has no copy, consent or code for."""


def test_every_format_of_a_plan_is_written_or_says_why(desk: Desk, tmp_path: Path) -> None:
    approve(desk.shelved, "Ann", desk.ledger)
    refused = {}
    for name in EXPORTERS:
        out = tmp_path / f"out-{name}"
        try:
            made = export(desk.shelved, name, out, desk.deps, desk.ledger)
            assert made.files
        except ToolFailure as failure:
            refused[name] = failure.code
            assert not out.exists()
    assert (
        refused.items()
        <= {"google-ads": "nothing_to_export", "meta": "no_consent_recorded", "coupons": "no_codes"}.items()
    )


class Inbox:
    """Keeps what an SMTP server took."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        message = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        return "250 OK"


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, str]]:
    kept = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    yield kept, f"smtp://127.0.0.1:{port}"
    controller.stop()


def test_a_test_shows_every_email_and_no_customer(desk: Desk, inbox: tuple[Inbox, str]) -> None:
    kept, url = inbox
    campaign = desk.shelved.campaign
    mails = messages(campaign, desk.deps.store.info.sender, "me@example.com", now=NOW)
    assert send(mails, smtp_server(url)) == len(kept.taken)
    emails = [item for item in campaign.copies if item.channel == "email"]
    assert [mail["X-Briefsmith-Copy"] for mail in kept.taken] == [item.copy_id for item in emails]
    for mail, item in zip(kept.taken, emails, strict=True):
        assert mail["Subject"] == f"[Test] {item.rendered['subject']}"
        html = mail.get_body(("html",))
        assert html is not None
        assert item.rendered["call_to_action"] in html.get_content()
        assert mail["To"] == "me@example.com"


def test_the_command_sends_one_copy(desk: Desk, inbox: tuple[Inbox, str], monkeypatch: pytest.MonkeyPatch) -> None:
    kept, url = inbox
    monkeypatch.setenv("BRIEFSMITH_HOME", str(desk.deps.settings.home))
    [copy_id, *_] = [item.copy_id for item in desk.shelved.campaign.copies if item.channel == "email"]
    call = ["send-test", str(desk.folder), "--to", "me@example.com", "--smtp", url, "--json"]
    done = CliRunner().invoke(app, [*call, "--copy", copy_id])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["subjects"] == [mail["Subject"] for mail in kept.taken]
    assert len(kept.taken) == 1
    wrong = CliRunner().invoke(app, [*call, "--copy", "nothing"])
    assert wrong.exit_code == 1
    assert copy_id in wrong.stderr


def test_a_server_that_is_not_there_is_said(desk: Desk) -> None:
    mails = messages(desk.shelved.campaign, desk.deps.store.info.sender, "me@example.com", now=NOW)
    with pytest.raises(ToolFailure) as caught:
        send(mails, smtp_server("smtp://127.0.0.1:1"))
    assert caught.value.code == "smtp_failed"


def test_a_password_never_goes_out_in_the_clear(desk: Desk, inbox: tuple[Inbox, str]) -> None:
    kept, url = inbox
    mails = messages(desk.shelved.campaign, desk.deps.store.info.sender, "me@example.com", now=NOW)
    with pytest.raises(ToolFailure, match="no TLS is offered"):
        send(mails, smtp_server(url.replace("//", "//user:secret@")))
    assert kept.taken == []


@pytest.mark.parametrize("url", ["", "localhost:25", "http://a", "smtp://", "smtp://a:port", "smtp://u:secret@a:99999"])
def test_what_is_no_server_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ToolFailure) as caught:
        smtp_server(url)
    assert caught.value.code == "bad_smtp_url"
    assert "secret" not in caught.value.message


def test_push_without_settings_says_which(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRIEFSMITH_HOME", str(desk.deps.settings.home))
    done = CliRunner().invoke(app, ["push", str(desk.folder)])
    assert done.exit_code == 1
    assert "BRIEFSMITH_LISTMONK_URL" in done.stderr
