"""docs/people.md does what it says: its requests are made in their order, and every word of the lists stands
in it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from application.policy import Identity
from domain.citizen import KINDS, MERGE_GROUNDS, NUMBER_KINDS
from domain.clear_text import IDENTITY_LEVELS
from domain.mandates import KINDS as MANDATE_KINDS
from tests.http.client import Api, open_api
from tests.http.test_who_may import registrar
from tests.support import Database

DOCUMENT = (Path(__file__).parents[2] / "docs" / "people.md").read_text(encoding="utf-8")


def requests() -> list[list[str]]:
    blocks = re.findall(r"```\n(.*?)```", DOCUMENT, re.S)
    return [request.strip().splitlines() for block in blocks for request in block.strip().split("\n\n")]


async def test_the_examples_answer_as_they_say(database: Database) -> None:
    async with open_api(database) as api:
        known = {"AGENCY": str(await api.agency(api_desk(api)))}
        for asked, body, expected in requests():
            await answered(api, known, asked, body, expected)
    assert {"MOTHER", "SON", "TWIN", "MANDATE", "CODE"} <= known.keys()


def api_desk(api: Api) -> str:
    return next(name for name, officer in api.office.officers.items() if officer == api.desk)


async def answered(api: Api, known: dict[str, str], asked: str, body: str, expected: str) -> None:
    who, _, path = asked.split()
    status, *told = expected.split()
    officers = {"desk": api.desk, "registrar": await registrar(api)}
    identity = officers.get(who) or Identity("applicant", known[who])
    answer = await api.post(named(known, path), json.loads(named(known, body)), identity)
    assert answer.status_code == int(status), f"{asked}: {answer.text}"
    for word in told:
        field, _, name = word.partition("=")
        if name:
            known[name] = answer.json()[field]
        else:
            assert known.get(word, word) in answer.text, f"{asked}: {answer.text}"


def named(known: dict[str, str], text: str) -> str:
    return re.sub(r"\b[A-Z]{3,}\b", lambda found: known.get(found[0], found[0]), text)


def test_every_word_of_the_lists_is_there() -> None:
    words: tuple[Any, ...] = (*KINDS, *NUMBER_KINDS, *MERGE_GROUNDS, *IDENTITY_LEVELS, *MANDATE_KINDS)
    for word in words:
        if word in ("person", "organisation"):
            assert f'"{word}"' in DOCUMENT
        else:
            assert f"`{word}`" in DOCUMENT, word
