"""Is every file that a fact names there and unharmed, and which files does no fact name?

Both read the whole log in pages, and only the facts that can name a file are decoded.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterable, AsyncIterator, Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from application.audit_files import subject_of
from application.file_ports import FileBroken, FileMissing, FileStore, SealedFiles, StoredFile
from application.ports import Codec, Recorder, StoredFact
from domain import files
from domain.erasure_facts import ErasureCarriedOut
from domain.facts import Category, Fact, Recorded

PAGE: Final = 1_000
MOST_REMEMBERED: Final = 200_000
MOST_CANDIDATES: Final = 200_000
MOST_FINDINGS: Final = 1_000
SOUND, ERASED = "sound", "erased"
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Named:
    """A fact that names a file, and where it stands."""

    file: str
    recorded: Recorded[Fact]


@dataclass(frozen=True, slots=True)
class Checked:
    """`files`: that facts name; `erased`: of these, that nobody can open any more, or that went with who was
    erased; `found`: how many are wrong; `findings`: the first 1,000 of these, each a dict with kind, file,
    position, stream, code and a sentence."""

    through: int
    files: int
    erased: int
    found: int
    findings: tuple[dict[str, Any], ...]


async def named(
    recorder: Recorder, codec: Codec, after: int, progress: Progress = lambda done, of: None
) -> AsyncIterator[Named]:
    """Every naming of a file after this position, up to the log's end as it is then, in order."""
    mark = f'"{files.FIELD}"'.encode()
    while page := await recorder.events_after(after, PAGE):
        for stored in page:
            if mark in stored.payload:
                recorded = codec.decode(stored)
                for file in files.files_of(recorded.fact):
                    yield Named(file, recorded)
        after = page[-1].position
        progress(after, after)


async def check(
    recorder: Recorder,
    codec: Codec,
    sealed: SealedFiles,
    store: FileStore,
    progress: Progress = lambda done, of: None,
) -> Checked:
    """Read every file that a fact names: it is there, its bytes are those of its name, and it opens with its
    subject's key while there is one. The store is looked at even where no fact names a file yet. Raises
    FilesUnavailable."""
    await store.look(used=False)
    _, head = await recorder.clock()
    seen: OrderedDict[str, None] = OrderedDict()
    gone = await _erased(recorder, codec)
    count = erased = wrong = 0
    findings: list[dict[str, Any]] = []
    async for one in named(recorder, codec, 0, lambda done, _: progress(done, max(done, head))):
        fresh = one.file not in seen
        seen[one.file] = None
        seen.move_to_end(one.file)
        if len(seen) > MOST_REMEMBERED:
            seen.popitem(last=False)
        if not fresh:
            continue
        if count == 0:
            await store.look(used=True)
        count += 1
        kind, says = await _checked(sealed, one, gone)
        erased += kind == ERASED
        wrong += kind not in (ERASED, SOUND)
        if kind not in (ERASED, SOUND) and len(findings) < MOST_FINDINGS:
            findings.append(await _finding(recorder, codec, one, kind, says))
    return Checked(head, count, erased, wrong, tuple(findings))


async def _erased(recorder: Recorder, codec: Codec) -> set[UUID]:
    """Whose files were removed with them, by the erasures on record."""
    found, after = set[UUID](), 0
    while page := await recorder.events_after(after, PAGE, (Category.ERASURE,)):
        for stored in page:
            if isinstance(fact := codec.decode(stored).fact, ErasureCarriedOut):
                found.update(fact.subjects)
        after = page[-1].position
    return found


async def _checked(sealed: SealedFiles, one: Named, erased: Collection[UUID]) -> tuple[str, str]:
    """What is wrong with a file, and a sentence; of who was erased it may be gone."""
    try:
        described = await sealed.check(one.file)
    except (FileMissing, FileBroken) as problem:
        if isinstance(problem, FileMissing) and subject_of(one.recorded.fact) in erased:
            return ERASED, ""
        return "missing" if isinstance(problem, FileMissing) else "broken", str(problem)
    if described is None:
        return ERASED, ""
    differs = _differs(one.recorded.fact, described.media_type, described.size)
    return ("differs", differs) if differs else (SOUND, "")


def _differs(fact: Fact, media_type: str, size: int) -> str | None:
    """What the fact says of its file and the file itself does not."""
    said = (getattr(fact, "media_type", None), getattr(fact, "size", None))
    for name, recorded, found in zip(("media type", "size"), said, (media_type, size), strict=True):
        if recorded is not None and recorded != found:
            return f"the fact says of its file the {name} {recorded}, the file itself {found}"
    return None


async def _finding(recorder: Recorder, codec: Codec, one: Named, kind: str, says: str) -> dict[str, Any]:
    stream = one.recorded.fact.originator_id
    return {
        "kind": kind,
        "file": one.file,
        "position": one.recorded.position,
        "stream": stream,
        "code": await _code(recorder, codec, stream),
        "says": says,
    }


async def _code(recorder: Recorder, codec: Codec, stream: UUID) -> str | None:
    """The code of the dossier whose stream this is; None for another stream."""
    first: list[StoredFact] = await recorder.first_of([stream])
    code = getattr(codec.decode(first[0]).fact, "code", None) if first else None
    return code if isinstance(code, str) else None


async def unnamed(
    recorder: Recorder,
    codec: Codec,
    store: FileStore,
    before: datetime,
    progress: Progress = lambda done, of: None,
    after: str = "",
) -> AsyncIterator[StoredFile]:
    """The files stored before this time that no fact names, by name, after the name `after`. The log is read
    once for each 200,000 of files that are old enough."""
    more = True
    while more:
        candidates: dict[bytes, StoredFile] = {}
        more = False
        async for stored in _stored(store, after):
            after = stored.file
            if stored.stored_at < before:
                candidates[bytes.fromhex(stored.file)] = stored
            if len(candidates) >= MOST_CANDIDATES:
                more = True
                break
        if candidates:
            async for one in named(recorder, codec, 0, progress):
                candidates.pop(bytes.fromhex(one.file), None)
        for stored in candidates.values():
            yield stored


async def sweep(
    recorder: Recorder, codec: Codec, store: FileStore, found: AsyncIterable[StoredFile], read_up_to: int
) -> tuple[int, int]:
    """Remove these files, but none that a fact names that was recorded after `read_up_to`; how many, and how
    many bytes. What was recorded since is read again before each removal, and no act names a file as old as
    those that may be swept (`application.file_ports.NAMED_WITHIN`): so none is removed that an act names
    meanwhile."""
    named_since = set[str]()
    count = size = 0
    async for one in found:
        while page := await recorder.events_after(read_up_to, PAGE):
            named_since.update(_names_in(codec, page))
            read_up_to = page[-1].position
        if one.file not in named_since:
            await store.remove(one.file)
            count, size = count + 1, size + one.size
    return count, size


def _names_in(codec: Codec, page: Sequence[StoredFact]) -> Iterator[str]:
    mark = f'"{files.FIELD}"'.encode()
    for stored in page:
        if mark in stored.payload:
            yield from files.files_of(codec.decode(stored).fact)


async def _stored(store: FileStore, after: str) -> AsyncIterator[StoredFile]:
    while page := await store.names(after, PAGE):
        for stored in page:
            yield stored
        after = page[-1].file
