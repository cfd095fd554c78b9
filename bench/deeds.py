"""What the benchmark's traffic does next, and whether an answer was as meant.

A dossier of the traffic goes on in the ordinary way: accepted, assigned, taken over, looked up, finished, its
result returned. Each has a team of two officers who may act on it; before the hour those of the agency that
holds it, and where the same two hold it through their heir afterwards, the client need not know when the hour
comes. What goes elsewhere is acted on once the hour is over, by a team of where it went.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import orjson

from bench.http_caller import Caller, request

Json = dict[str, Any]
LOOKUP, QUEUE, STATE, MEANT, SUBMITTED = 0.12, 0.15, 0.28, 0.02, 0.10
"""Shares: of all requests, look-ups by code, desks' queues and dossiers read; of commands, those meant to be
refused and filings. The rest are commands."""
EDGE = 1.5
"""Seconds around the hour in which a queue is read by who may read all of them."""


@dataclass(slots=True)
class Known:
    """A dossier of the traffic. `desk`, `decider`: tokens; `worker`: the desk officer's id."""

    code: str
    status: int
    revision: int
    desk: str
    decider: str
    worker: str
    owner: str
    taken: bool = False


@dataclass(slots=True)
class Deed:
    """One request. `status`: what it is meant to be answered with; `of`: the dossier that a command is on."""

    what: str
    sent: bytes
    status: int
    command: bool
    of: Known | None = None
    becomes: int | None = None


@dataclass(slots=True)
class Deeds:
    """`plan`: what bench.traffic writes for the client. `after`: the hour is over (set from outside)."""

    plan: Json
    chance: Random
    ready: deque[Known] = field(default_factory=deque)
    later: list[Known] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    after: bool = False
    hour_at: float | None = None
    sent: int = 0

    def take_in(self, known: Iterable[Json]) -> None:
        """The dossiers of the plan, in its order."""
        for entry in known:
            later = entry.pop("later")
            self.codes.append(entry["code"])
            if not entry["desk"]:
                continue
            one = Known(**entry)
            self.later.append(one) if later else self.ready.append(one)

    def hour_is_over(self) -> None:
        """From now on also on what went elsewhere than its officers."""
        self.after = True
        self.chance.shuffle(self.later)
        mixed = [*self.ready, *self.later]
        self.chance.shuffle(mixed)
        self.ready, self.later = deque(mixed), []

    def next(self, caller: Caller, now: float) -> Deed:
        draw = self.chance.random()
        if draw < LOOKUP and caller.may_look_up():
            return Deed("look-up", request("GET", f"/v1/track/{self.chance.choice(self.codes)}"), 200, False)
        if draw < LOOKUP + QUEUE:
            return self._queue(now)
        if draw < LOOKUP + QUEUE + STATE:
            path = f"/v1/dossiers/{self.chance.choice(self.codes)}"
            return Deed("dossier", request("GET", path, self.plan["portal"]), 200, False)
        if self.chance.random() < SUBMITTED or not self.ready:
            return self._submit()
        return self._act(self.ready.popleft())

    def _key(self) -> str:
        self.sent += 1
        return f"bench-{self.sent}"

    def _queue(self, now: float) -> Deed:
        before, after, clerk = self.chance.choice(self.plan["desks"])
        near = self.hour_at is not None and abs(now - self.hour_at) < EDGE
        over = self.after or (self.hour_at is not None and now >= self.hour_at)
        path = f"/v1/queues/{after if over else before}?limit=20"
        return Deed("queue", request("GET", path, self.plan["auditor"] if near else clerk), 200, False)

    def _submit(self) -> Deed:
        """Online or at a desk, addressed to the agency that was before the hour also after it: then its heir
        receives. Once the hour is over, half name the agency and the place that are there now."""
        form = self.chance.choice(self.plan["forms"])
        owner, token = self.chance.choice(self.plan["owners"])
        online = self.chance.random() < 0.5
        new = self.after and self.chance.random() < 0.5
        body: Json = {
            "procedure": form["procedure"],
            "channel": "online" if online else "counter",
            "owner": owner,
            "place": form["new_place"] if new else form["place"],
            "receiving_agency": form["new_agency"] if new else form["agency"],
            "components": [],
        }
        if not online:
            body["accept"] = True
        who = token if online else form["desk"]
        known = Known("", 1 if online else 2, 0, form["desk"], form["decider"], form["worker"], token)
        sent = request("POST", "/v1/dossiers", who, orjson.dumps(body), self._key())
        return Deed("submit", sent, 201, True, known, known.status)

    def _act(self, known: Known) -> Deed:
        act, who, body, becomes, outside = self._step(known)
        path, revision = f"/v1/dossiers/{known.code}/{act}", None if outside else known.revision
        if not outside and self.chance.random() < MEANT:
            stale = request("POST", path, who, orjson.dumps(body), self._key(), known.revision + 7)
            return Deed("a stale revision", stale, 412, True, known)
        sent = request("POST", path, who, orjson.dumps(body), self._key(), revision)
        return Deed(act, sent, 200, True, known, becomes)

    def _step(self, known: Known) -> tuple[str, str, Json, int, bool]:
        """Act, token, body, the status after it, and whether it is reported from outside."""
        match known.status:
            case 1:
                return "accept", known.desk, {}, 2, False
            case 2:
                return "assign", known.desk, {"officer": known.worker}, 4, False
            case 4 if not known.taken:
                known.taken = True
                return "take", known.desk, {"officer": known.worker}, 4, False
            case 4 if self.chance.random() < 0.3:
                body = {"source": "population", "outcome": "found"}
                return "record-lookup", self.plan["portal"], body, 4, True
            case 4:
                return "finish", known.decider, {"outcome": "granted"}, 9, False
            case 5:
                return "submit-supplement", known.owner, {"components": []}, 1, True
            case 6:
                return "resume", known.decider, {"reason": "Người nộp được miễn"}, 4, False
            case 9:
                return "return-result", known.desk, {"way": "counter"}, 10, False
        raise AssertionError(f"a dossier in status {known.status} is none of the traffic's")

    def answered(self, deed: Deed, body: bytes) -> None:
        """The deed was answered as it was meant: its dossier goes on."""
        known = deed.of
        if known is None:
            return
        if deed.becomes is not None:
            answer = orjson.loads(body)
            known.code, known.revision, known.status = answer["code"], answer["revision"], deed.becomes
        if known.status != 10:
            self.ready.append(known)
