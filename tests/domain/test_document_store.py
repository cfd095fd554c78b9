"""The store of one owner: what is kept, until when it counts, and that nothing is kept twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from domain import record_rules, store_rules
from domain.document_store import (
    DocumentStore,
    Readings,
    document_id,
    readings_stream,
    store_stream,
)
from domain.facts import Personal
from domain.refusals import Refused, Rule
from tests.domain.situations import A_TEXT, DESK, OWNER, SUBMITTER, an_id, by

DAY = date(2025, 6, 2)
FILE = "ab" * 32
DOSSIER = UUID("01970000-0000-7000-8000-0000000000aa")
A_FILE: dict[str, Any] = {
    "file": FILE,
    "media_type": "application/pdf",
    "size": 3,
    "content": Personal(OWNER, "cd" * 32),
}


def a_store(owner: UUID = OWNER) -> DocumentStore:
    return DocumentStore.empty(store_stream(owner))


def keep(store: DocumentStore, version: int = 3, **changed: Any) -> UUID:
    said: dict[str, Any] = {
        "owner": OWNER,
        "kept_as": "component",
        "kind": "birth_extract",
        "dossier": DOSSIER,
        "dossier_version": version,
        "issuer": DESK,
    }
    return store.keep(by(), **(said | A_FILE | changed))


def refused(rule: Rule, doing: Callable[[], object]) -> None:
    with pytest.raises(Refused) as refusal:
        doing()
    assert refusal.value.rule is rule


def test_what_was_kept_is_found_by_its_kind_the_latest_first() -> None:
    store = a_store()
    first, second = keep(store), keep(store, 4)
    keep(store, 5, kind="household_book")
    assert [found.document for found in store.find("birth_extract", DAY)] == [second, first]
    assert store.find("KQ.G15.000031", DAY) == ()


def test_the_same_fact_is_kept_once_whatever_is_said_of_it() -> None:
    store = a_store()
    keep(store)
    refused(store_rules.KEPT_ONCE, lambda: keep(store, kind="household_book"))


def test_a_documents_id_follows_from_the_fact_and_lies_at_its_time() -> None:
    assert keep(a_store()) == document_id(DOSSIER, 3) != document_id(DOSSIER, 4)
    assert document_id(DOSSIER, 3).int >> 80 == DOSSIER.int >> 80
    assert len({store_stream(DOSSIER), document_id(DOSSIER, 3), readings_stream(DOSSIER)}) == 3


def test_a_document_counts_from_its_first_day_until_the_day_before_its_last() -> None:
    store = a_store()
    document = keep(store, valid_from=date(2025, 6, 2), valid_until=date(2025, 6, 4))
    days = [date(2025, 6, day) for day in (1, 2, 3, 4)]
    assert [store.valid_at(document, day) for day in days] == [False, True, True, False]


def test_a_document_that_was_withdrawn_counts_no_more_and_is_withdrawn_once() -> None:
    store = a_store()
    document = keep(store)
    store.withdraw(by(), document=document, ground="forged", reason=A_TEXT)
    assert not store.valid_at(document, DAY)
    assert store.known(document).withdrawn == "forged"
    assert store.made_of(DOSSIER, 3) == store.known(document)
    again = lambda: store.withdraw(by(), document=document, ground="other", reason=A_TEXT)  # noqa: E731
    refused(store_rules.WITHDRAWN_ONCE, again)


def test_what_is_not_there_is_neither_withdrawn_nor_judged() -> None:
    store = a_store()
    refused(
        store_rules.KNOWN,
        lambda: store.withdraw(by(), document=an_id(9), ground="other", reason=A_TEXT),
    )
    refused(store_rules.KNOWN, lambda: store.valid_at(an_id(9), DAY))


def test_nothing_stands_in_the_store_of_another() -> None:
    stranger = Personal(SUBMITTER, "ab" * 32)
    refused(store_rules.OWN_STORE, lambda: keep(a_store(SUBMITTER)))
    refused(store_rules.OWN_STORE, lambda: keep(a_store(), content=stranger))
    store = a_store()
    document = keep(store)
    reason = Personal(SUBMITTER, "sai người")
    refused(
        store_rules.OWN_STORE,
        lambda: store.withdraw(by(), document=document, ground="other", reason=reason),
    )


@pytest.mark.parametrize("missing", sorted(A_FILE))
def test_a_file_is_named_in_full_or_not_at_all(missing: str) -> None:
    less: dict[str, Any] = {missing: None}
    refused(store_rules.FILE_WHOLE, lambda: keep(a_store(), **less))
    none: dict[str, Any] = dict.fromkeys(A_FILE)
    keep(a_store(), **none)


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"kind": "Sổ hộ khẩu"}, record_rules.CODE_FORM),
        ({"file": "AB" * 32}, record_rules.CODE_FORM),
        ({"kept_as": "gift"}, record_rules.ONE_OF),
        ({"media_type": "text/html"}, record_rules.ONE_OF),
        ({"size": -1}, store_rules.FILE_WHOLE),
        ({"valid_from": DAY, "valid_until": DAY}, store_rules.VALIDITY),
    ],
)
def test_what_is_no_document_is_not_kept(changed: dict[str, Any], rule: Rule) -> None:
    refused(rule, lambda: keep(a_store(), **changed))


def test_a_reading_stands_in_a_stream_of_the_documents_own() -> None:
    store = a_store()
    known = store.known(keep(store))
    readings = Readings.empty(readings_stream(known.document))
    readings.read(by(), known=known, dossier=DOSSIER, purpose="dossier")
    readings.read(by(), known=known, dossier=None, purpose="own")
    assert (readings.count, readings.version) == (2, 2)
    other = Readings.empty(readings_stream(an_id(9)))
    refused(store_rules.KNOWN, lambda: other.read(by(), known=known, dossier=None, purpose="own"))
    refused(record_rules.ONE_OF, lambda: readings.read(by(), known=known, dossier=None, purpose="fun"))
