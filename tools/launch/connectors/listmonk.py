"""listmonk over its API: one private list a copy, and everybody who gets that copy as a confirmed subscriber of it.

Source: knadh/listmonk, `docs/docs/content/apis/{lists,subscribers}.md`, `internal/core/subscribers.go` (an e-mail
address is unique; a second `POST /api/subscribers` answers 409); read at the commit of 2026-07-21. Basic
authentication with an API user and its token.

Nothing is doubled: a subscriber is its address, which the target keeps unique, and a list is looked up by its name
before it is made. Nothing is missed: at the end every list is read back. Who is on listmonk's block list, or has
signed off the list, stays so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tools.failure import ToolFailure
from tools.launch.connectors.http import TRIES, Requests
from tools.launch.connectors.journal import Journal
from tools.launch.connectors.types import Group, Handover, Outcome, Progress
from tools.launch.exporters.listmonk import attribs, display_name
from tools.launch.exporters.people import Person, people
from tools.launch.exporters.types import ExportInput

if TYPE_CHECKING:
    import httpx

TAG = "briefsmith"
PAGE = 500
_TIMEOUT_S = 20.0


def listmonk_client(url: str, user: str, token: str, *, timeout_s: float = _TIMEOUT_S) -> httpx.Client:
    """A client of a listmonk server; https, or http on this machine alone.

    Raises:
        ToolFailure: `bad_connector_url`.
    """
    import httpx

    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ToolFailure("bad_connector_url", f"{url!r} is no URL: {error}") from error
    local = parsed.host in ("localhost", "127.0.0.1", "::1")
    if not parsed.host or not (parsed.scheme == "https" or (parsed.scheme == "http" and local)):
        raise ToolFailure("bad_connector_url", "addresses of customers go over https, or to this machine alone")
    return httpx.Client(base_url=parsed, auth=(user, token), timeout=timeout_s)


@dataclass
class Listmonk:
    """The connector of one server."""

    request: Requests
    name: str = "listmonk"

    def plan(self, data: ExportInput) -> Handover:
        found = people(data, "email")
        by_copy: dict[str, list[Person]] = {}
        for person in found.reached:
            by_copy.setdefault(person.copy_id, []).append(person)
        groups = tuple(Group(f"{data.campaign_id} {copy}", tuple(who)) for copy, who in sorted(by_copy.items()))
        return Handover(data.campaign_id, self.name, groups, found.left_out)

    def run(self, handover: Handover, journal: Journal, progress: Progress) -> Outcome:
        outcome = Outcome()
        done = 0
        lists: dict[str, int] = {}
        for group in handover.groups:
            lists[group.name] = self._list(group.name, handover.campaign_id)
            for person in group.people:
                self._bring(handover.campaign_id, person, lists[group.name], journal, outcome)
                done += 1
                progress("Subscribers", done, handover.size)
        self._verify(handover, lists, journal, outcome)
        outcome.requests, outcome.retries = self.request.made, self.request.retried
        return outcome

    def _list(self, name: str, campaign_id: str) -> int:
        """The list of that name; made where there is none, and looked up again before a second try to make it."""
        for _ in range(TRIES):
            answer = _data(self.request("GET", "/api/lists", params={"tag": campaign_id, "per_page": "all"}))
            ids = [int(found["id"]) for found in answer["results"] if found["name"] == name]
            if ids:
                return min(ids)
            body = {"name": name, "type": "private", "optin": "single", "tags": [TAG, campaign_id]}
            response = self.request.once("POST", "/api/lists", json=body)
            if response is not None:
                _data(response)
        raise ToolFailure(
            "connector_unreachable", f"the list {name!r} could not be made in {TRIES} tries: run it again"
        )

    def _bring(self, campaign_id: str, person: Person, list_id: int, journal: Journal, outcome: Outcome) -> None:
        key = f"{list_id}:{person.customer_id}"
        if journal.get(key):
            outcome.already += 1
            return
        body = {
            "email": person.address,
            "name": display_name(person),
            "status": "enabled",
            "lists": [list_id],
            "attribs": attribs(campaign_id, person),
            "preconfirm_subscriptions": True,
        }
        response = self.request("POST", "/api/subscribers", json=body)
        if response.status_code == 409:
            self._change(body, person, list_id, journal, outcome)
        elif response.is_success:
            outcome.created += 1
            journal.put(key, "created")
        else:
            outcome.rejected.append((person.customer_id, _said(response)))

    def _change(self, body: dict[str, Any], person: Person, list_id: int, journal: Journal, outcome: Outcome) -> None:
        """The address is there already: an earlier run's, or the shop's own subscriber."""
        found = self._subscriber(person.address)
        if found is None:
            outcome.rejected.append((person.customer_id, "listmonk says that the address exists and does not show it"))
            return
        member = {int(entry["id"]): str(entry.get("subscription_status", "")) for entry in found.get("lists", ())}
        if found["status"] != "enabled" or member.get(list_id) == "unsubscribed":
            outcome.left_alone.append((person.customer_id, f"{found['status']} or signed off in listmonk"))
            return
        same = (found.get("attribs") or {}).get("briefsmith") == body["attribs"]["briefsmith"]
        if same and member.get(list_id) == "confirmed":
            outcome.already += 1
        else:
            change = {"ids": [found["id"]], "action": "add", "target_list_ids": [list_id], "status": "confirmed"}
            _data(self.request("PATCH", f"/api/subscribers/{int(found['id'])}", json={"attribs": body["attribs"]}))
            _data(self.request("PUT", "/api/subscribers/lists", json=change))
            outcome.updated += 1
        journal.put(f"{list_id}:{person.customer_id}", "there")

    def _subscriber(self, address: str) -> dict[str, Any] | None:
        """By address. The query is SQL to listmonk, so quotes are doubled; `people` lets no backslash through."""
        quoted = address.replace("'", "''")
        params = {"query": f"subscribers.email = '{quoted}'", "per_page": "1"}
        results = _data(self.request("GET", "/api/subscribers", params=params))["results"]
        return dict(results[0]) if results else None

    def _verify(self, handover: Handover, lists: dict[str, int], journal: Journal, outcome: Outcome) -> None:
        """Read every list back; who is not in it is brought once more."""
        for group in handover.groups:
            list_id = lists[group.name]
            wanted = {person.address: person for person in group.people}
            missing = wanted.keys() - self._members(list_id) - _excused(wanted, outcome)
            for address in sorted(missing):
                journal.forget(f"{list_id}:{wanted[address].customer_id}")
                self._bring(handover.campaign_id, wanted[address], list_id, journal, outcome)
            if missing:
                missing = wanted.keys() - self._members(list_id) - _excused(wanted, outcome)
            if missing:
                raise ToolFailure(
                    "connector_incomplete", f"{len(missing)} people are not in the list {group.name!r}: run it again"
                )

    def _members(self, list_id: int) -> set[str]:
        found: set[str] = set()
        page = 1
        while True:
            params = {"list_id": list_id, "page": page, "per_page": PAGE, "order_by": "created_at", "order": "ASC"}
            results = _data(self.request("GET", "/api/subscribers", params=params))["results"]
            found |= {str(subscriber["email"]) for subscriber in results}
            if len(results) < PAGE:
                return found
            page += 1


def _excused(wanted: Mapping[str, Person], outcome: Outcome) -> set[str]:
    """Addresses that were left alone or rejected."""
    who = {customer for customer, _ in (*outcome.left_alone, *outcome.rejected)}
    return {address for address, person in wanted.items() if person.customer_id in who}


def _data(response: httpx.Response) -> Any:
    """The `data` of an answer.

    Raises:
        ToolFailure: `connector_rejected` with what the target said; it is not asked again.
    """
    if not response.is_success:
        raise ToolFailure("connector_rejected", f"listmonk refused {response.request.url.path}: {_said(response)}")
    try:
        return response.json()["data"]
    except (ValueError, KeyError, TypeError) as error:
        raise ToolFailure("connector_rejected", f"{response.request.url.path} is no listmonk API") from error


def _said(response: httpx.Response) -> str:
    try:
        return str(response.json()["message"])[:200]
    except (ValueError, KeyError, TypeError):
        return f"status {response.status_code}"
