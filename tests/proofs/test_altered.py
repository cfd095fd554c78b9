"""Nothing that was altered anywhere is ever 'proven': bits, bytes, cuts and insertions in every form."""

from __future__ import annotations

import random
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from application.verifying import NOT_PROVEN, PROVEN
from interfaces.proof_answers import PROBLEMS
from interfaces.proof_report import document_of, told
from tests.proofs.making import FORMS, LOG, WITNESSES, check, filing

FLIPS = 1_000


@cache
def whole(form: str) -> bytes:
    """With everything a proof may have: facts beside it, a key, cosignatures of witnesses that nobody asks
    for."""
    return FORMS[form](filing(1_000_000, LOG, *WITNESSES))


@pytest.mark.parametrize("form", FORMS)
def test_the_unaltered_one_is_proven(form: str) -> None:
    assert check(whole(form)).answer == PROVEN


@pytest.mark.parametrize("form", FORMS)
def test_a_thousand_flipped_bits_are_all_found(form: str) -> None:
    content, chance = whole(form), random.Random(6)
    codes = set()
    for _ in range(FLIPS):
        bit = chance.randrange(8 * len(content))
        altered = bytearray(content)
        altered[bit // 8] ^= 1 << bit % 8
        codes.add(refused(bytes(altered), f"bit {bit}"))
    assert len(codes) > 1, "they are told apart"


def refused(content: bytes, what: str) -> str:
    """It is not proven, says why in both languages, and breaks nothing that shows it."""
    found = check(content)
    assert found.answer == NOT_PROVEN, what
    assert found.problem is not None
    assert found.problem[0] in PROBLEMS
    assert found.problem[1]
    assert document_of(found)["answer"] == NOT_PROVEN
    "\n".join(told(found, ("vi", "en"))).encode()
    return found.problem[0]


@st.composite
def altered(draw: st.DrawFn, form: str) -> bytes:
    """The content with up to three places cut, doubled, swapped or written over."""
    content = whole(form)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(content)))
        length = draw(st.integers(0, 80))
        inserted = draw(st.one_of(st.binary(max_size=12), st.sampled_from(SPECIAL)))
        match draw(st.sampled_from(("cut", "insert", "over", "double", "swap"))):
            case "cut":
                content = content[:place] + content[place + length :]
            case "insert":
                content = content[:place] + inserted + content[place:]
            case "over":
                content = content[:place] + inserted + content[place + len(inserted) :]
            case "double":
                content = content[:place] + content[place : place + length] + content[place:]
            case _:
                end = place + 2 * length
                middle = content[place + length : end] + content[place : place + length]
                content = content[:place] + middle + content[end:]
    return content


SPECIAL = (b"\n", b"\n\n", b" ", b"\r", b"\x00", b"=", b"+", b"A", b"0", b"\xc3\xa9", b"index 0\n", b"extra ")


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_is_done_to_it_only_the_same_content_is_proven(form: str, data: st.DataObject) -> None:
    content = data.draw(altered(form))
    if same(form, content):
        assert check(content).answer == PROVEN
    else:
        refused(content, form)


def same(form: str, content: bytes) -> bool:
    """Lines of a compact text may stand in any order, and the last newline may be missing."""
    if form != "compact":
        return content == whole(form)
    lines = content.removesuffix(b"\n").split(b"\n")
    return sorted(lines) == sorted(whole(form).removesuffix(b"\n").split(b"\n"))
