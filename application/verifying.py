"""Is it proven? Answered from files alone: no ledger, no database, no network, no settings.

A proof is *proven* when all of it holds: it is byte for byte what its content gives; every fact in it has its
leaf in the tree of the checkpoint; what stands beside the fact belongs to it; every key opens what it is for;
the reading is what the facts say; and a key that the caller trusts signed the checkpoint, with the quorum
where a policy asks for one; and no other proof given with it shows that the log signed two histories.
Anything less is *not proven*, with what exactly. A pledge that was made before a
checkpoint covered its fact is *not checkable yet*.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from application.proof_compact import FAMILY, Part, Pledge, body_of_parts, read_body, read_part
from application.proof_file import MOST_BYTES, Proof, Reading, Unproven, read_file
from application.proof_reading import Said, SealedField, said
from application.proof_trust import Signed, Trust, must_be_trusted, quorum_of, signatures_of
from domain.notes import Checkpoint, Note, NoteBroken, Verify, read_checkpoint
from domain.tree_proofs import ProofBroken, check_inclusion

PROVEN, NOT_PROVEN, NOT_YET = "proven", "not_proven", "not_checkable_yet"
FILE, COMPACT, PAGE = "file", "compact", "page"
FILE_BEGINS: Final = b"c2sp.org/tlog-proof@"


@dataclass(frozen=True, slots=True)
class Tools:
    """What the application does not know itself. `words`: the reading of what is said; `open`: a field with
    the key of its event, None where that does not fit; `page_of`: the page that is made of a compact text's
    lines; `lines_of`: the compact text that a page was made from, None for what is no page."""

    verify: Verify
    open: Callable[[SealedField, bytes], str | None]
    words: Callable[[Said], Reading]
    page_of: Callable[[Proof | Pledge, Said, Sequence[str]], bytes]
    lines_of: Callable[[bytes], list[str] | None]


@dataclass(frozen=True, slots=True)
class Opened:
    """A sealed field of the fact. `text`: None where the proof has no key for it."""

    path: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Verified:
    """One proof's answer. `names`: the files it came from; `problem`: why it is not proven (code and
    sentence); `said`: what its facts say, proven only where the answer is PROVEN, None where they could not
    even be tied to the checkpoint; `quorum`: None where no policy asks for one; `leaves`: position and leaf
    of each fact in it."""

    names: tuple[str, ...]
    form: str
    answer: str
    problem: tuple[str, str] | None = None
    said: Said | None = None
    opened: tuple[Opened, ...] = ()
    checkpoint: Checkpoint | None = None
    signed: tuple[Signed, ...] = ()
    quorum: bool | None = None
    pledge: Pledge | None = None
    leaves: tuple[tuple[int, bytes], ...] = ()


def verify(inputs: Sequence[tuple[str, bytes]], trust: Trust, tools: Tools) -> list[Verified]:
    """An answer for each proof in these contents, each with its name; parts of one compact proof may come
    from several of them, in any order."""
    found: list[Verified] = []
    sheaves: dict[str, _Sheaf] = {}
    for name, content in inputs:
        try:
            if content.startswith(FILE_BEGINS):
                found.append(_judged(read_file(content), Verified((name,), FILE, NOT_PROVEN), trust, tools))
            elif content.startswith(FAMILY.encode()):
                _gather(sheaves, name, _parts(content))
            elif (lines := tools.lines_of(content)) is not None:
                found.append(_page(name, content, lines, trust, tools))
            else:
                raise Unproven("unknown_kind", f"{_beginning(content)} begins no proof that is known here")
        except Unproven as why:
            found.append(Verified((name,), _form(content), NOT_PROVEN, (why.code, str(why))))
    found += (_compact(sheaf, trust, tools) for sheaf in sheaves.values())
    return _of_one_history(found)


def _of_one_history(found: list[Verified]) -> list[Verified]:
    """A log that signed two histories proves nothing: the same position with two leaves, or the same size
    with two roots, in whatever is proven alone."""
    seen: dict[tuple[str, str, int], set[bytes]] = {}
    for one in found:
        for place, hash_ in _signed_for(one):
            seen.setdefault(place, set()).add(hash_)
    forked = {place for place, hashes in seen.items() if len(hashes) > 1}
    return [_refuted(one, next((p for p, _ in _signed_for(one) if p in forked), None)) for one in found]


def _signed_for(one: Verified) -> Iterator[tuple[tuple[str, str, int], bytes]]:
    if one.answer == PROVEN and one.checkpoint is not None:
        checkpoint = one.checkpoint
        yield (checkpoint.origin, "trees of", checkpoint.size), checkpoint.root
        for position, leaf in one.leaves:
            yield (checkpoint.origin, "facts at position", position), leaf


def _refuted(one: Verified, place: tuple[str, str, int] | None) -> Verified:
    if place is None:
        return one
    origin, what, number = place
    says = f"the log {origin} signed two different {what} {number:,}: keep these files, they prove it"
    return replace(one, answer=NOT_PROVEN, problem=("forked", says))


def _form(content: bytes) -> str:
    if content.startswith(FAMILY.encode()):
        return COMPACT
    return PAGE if content.startswith(b"<!doctype") else FILE


def _beginning(content: bytes) -> str:
    return repr(content[:16].decode("ascii", "replace")) if content else "an empty file"


# Compact texts and pages


@dataclass(slots=True)
class _Sheaf:
    """The parts of one proof, and where they stood."""

    names: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)


def _parts(content: bytes) -> list[Part]:
    if len(content) > MOST_BYTES:
        raise Unproven("unreadable", f"{len(content)} bytes; a proof has at most {MOST_BYTES}")
    try:
        text = content.decode("ascii")
    except UnicodeDecodeError as broken:
        raise Unproven("unreadable", f"byte {broken.start} is none of the letters of a QR code") from None
    return [read_part(line) for line in text.removesuffix("\n").split("\n")]


def _gather(sheaves: dict[str, _Sheaf], name: str, parts: Iterable[Part]) -> None:
    for part in parts:
        sheaf = sheaves.setdefault(part.proof, _Sheaf())
        sheaf.parts.append(part)
        if name not in sheaf.names:
            sheaf.names.append(name)


def _compact(sheaf: _Sheaf, trust: Trust, tools: Tools) -> Verified:
    unjudged = Verified(tuple(sheaf.names), COMPACT, NOT_PROVEN)
    try:
        return _judged(read_body(body_of_parts(sheaf.parts)), unjudged, trust, tools)
    except Unproven as why:
        return replace(unjudged, problem=(why.code, str(why)))


def _page(name: str, content: bytes, lines: list[str], trust: Trust, tools: Tools) -> Verified:
    carried = read_body(body_of_parts(read_part(line) for line in lines))
    judged = _judged(carried, Verified((name,), PAGE, NOT_PROVEN), trust, tools)
    assert judged.said is not None, "what holds together says something"
    if tools.page_of(carried, judged.said, lines) != content:
        says = "the page is not the one that is made from the proof in it: what is printed was changed"
        return Verified((name,), PAGE, NOT_PROVEN, ("page_differs", says))
    return judged


# Judging


def _judged(content: Proof | Pledge, unjudged: Verified, trust: Trust, tools: Tools) -> Verified:
    """The answer for what was read. Raises Unproven where it does not hold together by itself."""
    if isinstance(content, Pledge):
        says = f"no checkpoint covered position {content.fact.position} when this was made"
        problem = ("not_attested_yet", says)
        return replace(unjudged, answer=NOT_YET, problem=problem, said=said(content.facts), pledge=content)
    checkpoint = _checkpoint(content.note)
    _in_tree(content, checkpoint)
    words = said(content.facts)
    if content.reading is not None and content.reading != tools.words(words):
        raise Unproven("reading_differs", "its readable text is not what its facts say")
    consistent = replace(
        unjudged,
        said=words,
        opened=_opened(words, dict(content.keys), content, tools),
        checkpoint=checkpoint,
        leaves=tuple((fact.position, fact.leaf()) for fact in content.facts),
    )
    signed: tuple[Signed, ...] = ()
    try:
        signed = signatures_of(content.note, checkpoint, trust, tools.verify)
        quorum = quorum_of(content.note, signed, trust)
        must_be_trusted(checkpoint, signed, quorum, trust)
    except Unproven as why:
        return replace(consistent, problem=(why.code, str(why)), signed=signed)
    return replace(consistent, answer=PROVEN, signed=signed, quorum=quorum)


def _checkpoint(note: Note) -> Checkpoint:
    try:
        return read_checkpoint(note.text)
    except NoteBroken as broken:
        raise Unproven("unreadable", f"the checkpoint cannot be read: {broken}") from None


def _in_tree(proof: Proof, checkpoint: Checkpoint) -> None:
    for fact in proof.facts:
        try:
            check_inclusion(fact.index, checkpoint.size, fact.leaf(), fact.path, checkpoint.root)
        except (ProofBroken, ValueError, OverflowError) as broken:
            raise Unproven("not_in_tree", f"position {fact.position} ({fact.role}): {broken}") from None


def _opened(words: Said, keys: Mapping[object, bytes], proof: Proof, tools: Tools) -> tuple[Opened, ...]:
    if len(keys) != len(proof.keys):
        raise Unproven("key_opens_nothing", "two keys of one subject stand in it")
    unused = set(keys) - {sealed.subject for sealed in words.sealed}
    if unused:
        raise Unproven("key_opens_nothing", f"a key of {min(map(str, unused))} opens no field of this fact")
    found = []
    for sealed in words.sealed:
        key = keys.get(sealed.subject)
        text = None if key is None else tools.open(sealed, key)
        if key is not None and text is None:
            raise Unproven("key_opens_nothing", f"the key in it does not open the field {sealed.path}")
        found.append(Opened(sealed.path, text))
    return tuple(found)
