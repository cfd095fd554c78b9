"""Each item of a batch is judged for itself: what is recorded, what is refused, and why."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from application.ports import (
    ClaimTaken,
    HourPassed,
    Item,
    KeyReused,
    LedgerError,
    NewerFacts,
    Receipt,
    StaleVersion,
)
from infra.recorder import PostgresRecorder
from tests.ledger.making import AGENCY, HANDOVER_PART, claim, event, key, new_id, one, seen

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("closing", [False, True], ids=["one partition", "many"], indirect=True),
]


async def test_one_event_is_recorded_and_read_back_byte_for_byte(recorder: PostgresRecorder) -> None:
    stream = new_id()
    written = event(stream, 1, bytes(range(256)))
    receipt = await recorder.append(Item((written,)))
    assert (receipt.first, receipt.last, receipt.versions) == (2, 2, ((stream, 1),))
    assert not receipt.repeated
    (fact,) = await recorder.events_of(stream)
    assert (fact.position, fact.version, fact.category) == (2, 1, written.category)
    assert (fact.topic, fact.payload, fact.recorded_at) == (
        written.topic,
        written.payload,
        receipt.recorded_at,
    )
    assert fact.recorded_at.tzinfo is UTC


async def test_an_item_spans_streams_and_is_recorded_whole(recorder: PostgresRecorder) -> None:
    a, b = new_id(), new_id()
    receipt = await recorder.append(Item((event(a, 1), event(b, 1), event(a, 2))))
    assert (receipt.first, receipt.last, receipt.versions) == (2, 4, ((a, 2), (b, 1)))
    assert [(f.stream_id, f.version) for f in await recorder.events_after(1, 10)] == [(a, 1), (b, 1), (a, 2)]


async def test_an_item_with_one_stale_stream_leaves_nothing(recorder: PostgresRecorder) -> None:
    a, b = new_id(), new_id()
    await recorder.append(one(b, 1))
    with pytest.raises(StaleVersion) as refusal:
        await recorder.append(Item((event(a, 1), event(b, 1))))
    assert (refusal.value.stream_id, refusal.value.current) == (b, 1)
    assert await recorder.events_of(a) == []


@pytest.mark.parametrize("version", [2, 7])
async def test_a_new_stream_begins_at_version_one(recorder: PostgresRecorder, version: int) -> None:
    with pytest.raises(StaleVersion) as refusal:
        await recorder.append(one(new_id(), version))
    assert refusal.value.current == 0


@pytest.mark.parametrize("version", [1, 2, 4])
async def test_only_the_next_version_is_taken(recorder: PostgresRecorder, version: int) -> None:
    stream = new_id()
    await recorder.append(Item((event(stream, 1), event(stream, 2))))
    with pytest.raises(StaleVersion) as refusal:
        await recorder.append(one(stream, version))
    assert refusal.value.current == 2


async def test_a_repeat_gets_the_first_receipt_and_records_nothing(recorder: PostgresRecorder) -> None:
    a, b = new_id(), new_id()
    command, digest = key(), key()
    first = await recorder.append(Item((event(a, 1), event(b, 1), event(a, 2)), command, digest))
    again = await recorder.append(Item((event(a, 3),), command, digest))
    assert again == replace(first, repeated=True)
    assert await recorder.find_command(command, digest) == again
    assert (await recorder.clock())[1] == first.last


async def test_a_repeat_is_known_before_its_version_and_its_conditions(recorder: PostgresRecorder) -> None:
    stream, command, digest = new_id(), key(), key()
    made = one(stream, 1, command_id=command, request_digest=digest, claims=(claim(stream, b"code"),))
    first = await recorder.append(made)
    long_ago = datetime(2000, 1, 1, tzinfo=UTC)
    assert await recorder.append(replace(made, recorded_before=long_ago)) == replace(first, repeated=True)


async def test_a_key_used_for_another_request_is_refused(recorder: PostgresRecorder) -> None:
    command, digest = key(), key()
    await recorder.append(one(new_id(), 1, command_id=command, request_digest=digest))
    with pytest.raises(KeyReused):
        await recorder.append(one(new_id(), 1, command_id=command, request_digest=key()))
    with pytest.raises(KeyReused):
        await recorder.find_command(command, key())
    assert await recorder.find_command(key(), digest) is None


async def test_the_same_command_twice_at_once_is_recorded_once(recorder: PostgresRecorder) -> None:
    command, digest = key(), key()
    items = [one(new_id(), 1, command_id=command, request_digest=digest) for _ in range(5)]
    receipts = await asyncio.gather(*[recorder.append(item) for item in items])
    assert {receipt.first for receipt in receipts} == {2}
    assert [receipt.repeated for receipt in receipts].count(False) == 1


async def test_a_claim_is_held_by_the_first(recorder: PostgresRecorder) -> None:
    a, b = new_id(), new_id()
    receipts = await asyncio.gather(
        recorder.append(one(a, 1, claims=(claim(a, b"H01"),))),
        recorder.append(one(b, 1, claims=(claim(b, b"H02"), claim(b, b"H01")))),
        return_exceptions=True,
    )
    assert isinstance(receipts[0], Receipt)
    assert isinstance(receipts[1], ClaimTaken)
    assert (receipts[1].kind, receipts[1].stream_id) == ("dossier_code", a)
    assert await recorder.find_claim("dossier_code", b"H01".ljust(32, b".")) == a
    assert await recorder.find_claim("dossier_code", b"H02".ljust(32, b".")) is None
    assert await recorder.find_claim("unit_code", b"H01".ljust(32, b".")) is None


async def test_recorded_before_is_exclusive(recorder: PostgresRecorder) -> None:
    now, _ = await recorder.clock()
    await recorder.append(one(new_id(), 1, recorded_before=now + timedelta(hours=1)))
    with pytest.raises(HourPassed):
        await recorder.append(one(new_id(), 1, recorded_before=now))
    hour = now + timedelta(days=30)
    stream = (await recorder.events_after(0, 1))[0].stream_id
    await recorder.move_clock(hour, event(stream, 2, category=1))
    with pytest.raises(HourPassed):
        await recorder.append(one(new_id(), 1, recorded_before=hour))


async def test_nothing_newer_in_the_streams_that_were_read(recorder: PostgresRecorder) -> None:
    read, other = new_id(), new_id()
    up_to = (await recorder.append(one(read, 1))).last
    await recorder.append(one(other, 1))
    await recorder.append(one(new_id(), 1, nothing_newer=seen(up_to, read)))
    await recorder.append(one(new_id(), 1, nothing_newer=seen(up_to, new_id())))
    await recorder.append(one(read, 2))
    with pytest.raises(NewerFacts):
        await recorder.append(one(new_id(), 1, nothing_newer=seen(up_to, other, read)))


async def test_nothing_newer_in_the_deciding_categories(recorder: PostgresRecorder) -> None:
    up_to = (await recorder.append(Item((event(new_id(), 1, category=AGENCY),)))).last
    both = seen(up_to, categories=(AGENCY, HANDOVER_PART))
    await recorder.append(one(new_id(), 1, nothing_newer=both))
    part = await recorder.append(Item((event(new_id(), 1, category=HANDOVER_PART),)))
    with pytest.raises(NewerFacts):
        await recorder.append(one(new_id(), 1, nothing_newer=both))
    await recorder.append(one(new_id(), 1, nothing_newer=seen(up_to, categories=(AGENCY,))))
    await recorder.append(one(new_id(), 1, nothing_newer=seen(part.last, categories=(AGENCY, HANDOVER_PART))))
    with pytest.raises(ValueError, match="deciding"):
        await recorder.append(one(new_id(), 1, nothing_newer=seen(up_to, categories=(100,))))


async def test_a_decision_is_refused_when_its_neighbour_in_the_queue_records_something_newer(
    recorder: PostgresRecorder,
) -> None:
    up_to = (await recorder.clock())[1]
    read = new_id()
    outcomes = await asyncio.gather(
        recorder.append(Item((event(read, 1, category=HANDOVER_PART),))),
        recorder.append(one(new_id(), 1, nothing_newer=seen(up_to, read))),
        recorder.append(one(new_id(), 1, nothing_newer=seen(up_to, categories=(HANDOVER_PART,)))),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes] == [Receipt, NewerFacts, NewerFacts]


async def test_no_bad_item_fails_its_neighbours_and_positions_stay_dense(recorder: PostgresRecorder) -> None:
    taken, stale, command, digest = new_id(), new_id(), key(), key()
    await recorder.append(
        one(taken, 1, claims=(claim(taken, b"x"),), command_id=command, request_digest=digest)
    )
    await recorder.append(one(stale, 1))
    good = [new_id() for _ in range(4)]
    outcomes = await recorder.append_many(
        [
            Item((event(good[0], 1), event(good[0], 2))),
            one(stale, 1),
            one(good[1], 1, claims=(claim(good[1], b"y"),)),
            one(new_id(), 1, claims=(claim(new_id(), b"x"),)),
            one(new_id(), 1, command_id=command, request_digest=digest),
            one(new_id(), 1, command_id=command, request_digest=key()),
            one(good[2], 1, claims=(claim(good[2], b"z"),)),
            one(new_id(), 1, nothing_newer=seen(1, stale)),
            one(good[3], 1),
        ]
    )
    assert [type(outcome) for outcome in outcomes] == [
        Receipt, StaleVersion, Receipt, ClaimTaken, Receipt, KeyReused, Receipt, NewerFacts, Receipt,
    ]  # fmt: skip
    firsts = [outcome.first for outcome in outcomes if isinstance(outcome, Receipt)]
    assert firsts == [4, 6, 2, 7, 8]
    log = await recorder.events_after(0, 100)
    assert [fact.position for fact in log] == list(range(1, 9))
    assert [fact.stream_id for fact in log[3:]] == [good[0], good[0], good[1], good[2], good[3]]


async def test_a_stream_that_exists_is_not_begun_again_among_others_without_conditions(
    recorder: PostgresRecorder,
) -> None:
    """First versions are not looked up before such a batch: the constraint finds what exists."""
    begun, command, digest = new_id(), key(), key()
    await recorder.append_many([one(begun, 1), one(begun, 2)])
    await recorder.append(one(new_id(), 1, command_id=command, request_digest=digest))
    outcomes = await recorder.append_many([one(new_id(), 1), one(begun, 1), one(new_id(), 1)])
    assert [type(outcome) for outcome in outcomes] == [Receipt, StaleVersion, Receipt]
    assert isinstance(refused := outcomes[1], StaleVersion)
    assert (refused.stream_id, refused.current) == (begun, 2)
    outcomes = await recorder.append_many(
        [
            one(begun, 1),
            one(new_id(), 7),
            one(new_id(), 1, command_id=command, request_digest=digest),
            one(new_id(), 1),
        ]
    )
    assert [type(outcome) for outcome in outcomes] == [StaleVersion, StaleVersion, Receipt, Receipt]
    assert [o.repeated for o in outcomes if isinstance(o, Receipt)] == [True, False]
    assert (await recorder.clock())[1] == 7
    assert len(await recorder.events_of(begun)) == 2


async def test_an_item_that_the_database_cannot_take_fails_alone(recorder: PostgresRecorder) -> None:
    bad = Item((replace(event(new_id(), 1), topic="a zero byte \0"),))
    outcomes = await recorder.append_many([one(new_id(), 1), bad, one(new_id(), 1), one(new_id(), 1)])
    assert [type(outcome) for outcome in outcomes] == [Receipt, LedgerError, Receipt, Receipt]
    assert (await recorder.clock())[1] == 4


@pytest.mark.parametrize(
    "item",
    [
        Item(()),
        one(new_id(), 0),
        Item((event(stream := new_id(), 1), event(stream, 3))),
        one(new_id(), 1, command_id=key()),
        one(new_id(), 1, command_id=b"short", request_digest=key()),
    ],
    ids=["no event", "version 0", "a gap in its versions", "key without digest", "short key"],
)
async def test_an_item_that_cannot_be_meant_is_refused_at_once(
    recorder: PostgresRecorder, item: Item
) -> None:
    with pytest.raises(ValueError):
        await recorder.append(item)


async def test_many_appends_to_one_stream_follow_each_other(recorder: PostgresRecorder) -> None:
    stream = new_id()
    receipts = await asyncio.gather(*[recorder.append(one(stream, n)) for n in range(1, 40)])
    assert [receipt.first for receipt in receipts] == list(range(2, 41))


async def test_bulk_is_recorded_in_its_order_while_traffic_passes(recorder: PostgresRecorder) -> None:
    streams = [new_id() for _ in range(400)]
    items = [Item((event(s, 1), event(s, 2))) for s in streams] + [one(s, 3) for s in streams]
    bulk = asyncio.create_task(recorder.append_many(items))
    await asyncio.sleep(0)
    traffic = [(await recorder.append(one(new_id(), 1))).first for _ in range(3)]
    outcomes = [outcome for outcome in await bulk if isinstance(outcome, Receipt)]
    assert len(outcomes) == len(items)
    assert sorted(outcomes, key=lambda receipt: receipt.first) == outcomes
    assert traffic[0] < outcomes[-1].first


async def test_reading_by_streams_categories_and_time(recorder: PostgresRecorder) -> None:
    a, b, agency = new_id(), new_id(), new_id()
    await recorder.append(one(a, 1))
    await recorder.append(Item((event(agency, 1, category=AGENCY),)))
    later = (await recorder.append(Item((event(b, 1), event(a, 2))))).recorded_at
    both = await recorder.events_of_many([b, a])
    assert [(fact.stream_id, fact.version) for fact in both] == [(a, 1), (b, 1), (a, 2)]
    assert [fact.position for fact in await recorder.events_of_many([a, b], later)] == [2]
    assert [fact.position for fact in await recorder.events_of(a, after_version=1)] == [5]
    assert [fact.position for fact in await recorder.events_after(0, 10, (1, AGENCY))] == [1, 3]
    assert [fact.position for fact in await recorder.events_after(1, 1, (AGENCY, 1))] == [3]
    assert [fact.position for fact in await recorder.events_after(0, 10, (AGENCY, 100))] == [2, 3, 4, 5]
