"""The slip on paper: its codes are read back from a picture as a scanner or a phone sees it, and its words
are those that were given out before."""

from __future__ import annotations

import json
import random
import re
from functools import cache
from pathlib import Path

import pytest
import zxingcpp

from application.proof_compact import body_of, parts_of
from infra.fact_types import domain_fact_types
from interfaces.proof_page import svg
from interfaces.proof_texts import FACTS
from interfaces.proof_words import LABELS
from tests.proofs.making import CODE, LOG, WITNESSES, as_page, compact, receipt

GOLDEN = Path(__file__).parents[1] / "vectors" / "proof_texts_1.json"
PRINTED_MM = 50
Picture = tuple[int, bytearray]
"""Width (and height) and grey values."""


@cache
def lines() -> tuple[str, ...]:
    return tuple(parts_of(body_of(receipt(1_000_000, LOG, *WITNESSES))))


def printed(line: str, dpi: int, ink: int = 20, paper: int = 235) -> Picture:
    """The code's own SVG at the size on the page, in so many dots per inch, with a margin of paper."""
    drawn = svg(line)
    size = int(re.search(r'viewBox="0 0 (\d+)', drawn)[1])  # type: ignore[index]
    dark = [bytearray(size) for _ in range(size)]
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1", drawn):
        for column in range(int(x), int(x) + int(width)):
            dark[int(y)][column] = 1
    dots, margin = round(PRINTED_MM / 25.4 * dpi), 20
    picture = bytearray([paper]) * (dots + 2 * margin) ** 2
    for row in range(dots):
        modules, start = dark[row * size // dots], (row + margin) * (dots + 2 * margin) + margin
        for column in range(dots):
            if modules[column * size // dots]:
                picture[start + column] = ink
    return dots + 2 * margin, picture


def blurred(picture: Picture) -> Picture:
    """Each dot the mean of the three by three around it."""
    width, grey = picture
    for step in (1, width):
        grey = bytearray(
            (grey[max(0, n - step)] + grey[n] + grey[min(len(grey) - 1, n + step)]) // 3
            for n in range(len(grey))
        )
    return width, grey


def noisy(picture: Picture, amount: float, seed: int) -> Picture:
    width, grey = picture
    chance = random.Random(seed)
    return width, bytearray(min(255, max(0, v + int(chance.gauss(0, amount)))) for v in grey)


def read(picture: Picture) -> list[str]:
    width, grey = picture
    return [
        found.text
        for found in zxingcpp.read_barcodes(memoryview(bytes(grey)).cast("B", shape=[width, width]))
    ]


@pytest.mark.parametrize(("dpi", "noise"), [(150, 10), (200, 25), (300, 30)])
def test_a_code_is_read_from_a_blurred_and_noisy_picture_at_print_size(dpi: int, noise: int) -> None:
    for number, line in enumerate(lines()[:2]):
        assert read(noisy(blurred(printed(line, dpi)), noise, number)) == [line]


def test_a_code_is_read_with_a_stain_over_it() -> None:
    """Level M restores some 15 % of what is written: a fold, a stamp's edge."""
    width, grey = printed(lines()[0], 200)
    for row in range(width // 2, width // 2 + 25):
        for column in range(width // 2, width // 2 + 60):
            grey[row * width + column] = 20
    assert read((width, grey)) == [lines()[0]]


@pytest.mark.parametrize(
    ("size", "witnesses", "codes"), [(1_000, 0, 3), (1_000_000, 0, 3), (1_000_000, 3, 4), (100_000_000, 3, 5)]
)
def test_a_receipt_takes_as_few_codes_as_docs_say(size: int, witnesses: int, codes: int) -> None:
    found = parts_of(body_of(receipt(size, LOG, *WITNESSES[:witnesses])))
    assert len(found) == codes
    assert max(map(len, found)) <= 970, "version 20, level M"


def test_the_page_needs_nothing_from_elsewhere_and_runs_nothing() -> None:
    page = as_page(receipt()).decode()
    for outside in (
        "http:",
        "https:",
        "<script",
        "url(",
        "@import",
        "src=",
        "href=",
        "<link",
        "<iframe",
    ):
        assert outside not in page.replace("<!doctype html>", ""), outside
    assert page.count("<svg ") == page.count('<meta name="hoso-proof"') == 3
    assert CODE in page
    assert "Giấy tiếp nhận hồ sơ và hẹn trả kết quả" in page


def test_the_page_carries_the_compact_text() -> None:
    proof = receipt()
    found = re.findall(r'content="(HOSO1:[^"]*)"', as_page(proof).decode())
    assert "".join(f"{line}\n" for line in found).encode() == compact(proof)


# Words


def test_every_topic_has_words_in_both_languages() -> None:
    topics = {
        topic.rpartition(".v")[0] for topic in (*domain_fact_types().classes, *domain_fact_types().upcasts)
    }
    assert topics <= set(FACTS), sorted(topics - set(FACTS))
    assert all(vi and en and vi != en for vi, en in FACTS.values())


def test_words_that_were_given_out_never_change() -> None:
    """Every proof that has them would be 'not proven'. New topics are added to the file; another wording is
    another edition (docs/proof-format.md)."""
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    now = {"facts": {name: list(pair) for name, pair in FACTS.items()}}
    now["labels"] = {name: list(pair) for name, pair in LABELS.items()}
    assert now == golden
