"""The receipt slip (giấy tiếp nhận hồ sơ và hẹn trả kết quả) as a page for A4 or A5: what the proven fact
says, in Vietnamese and English, and the proof itself as QR codes. One file without scripts or anything from
elsewhere.

Made from a compact proof alone, so whoever has the page can make it again and compare every byte: what is
printed cannot be changed without the codes. A page that was given out has to be made the same for ever:
another layout gets another magic (docs/proof-format.md, 'The page').
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from itertools import groupby

from application.proof_compact import MOST_PARTS, Pledge
from application.proof_file import Proof
from application.proof_reading import Said, base
from interfaces.proof_words import moment, rows, shown

BEGINS = b'<!doctype html>\n<html lang="vi"><head><meta charset="utf-8">'
QUIET = 4
"""Modules of white around a code, as ISO/IEC 18004 asks for."""

RECEIPT = ("Giấy tiếp nhận hồ sơ và hẹn trả kết quả", "Receipt of a dossier, and when its result is due")
PROOF_OF = ("Bằng chứng về sự kiện đã ghi", "Proof of a recorded fact")
_META = re.compile(rb'<meta name="hoso-proof" content="([^"]*)">')
_STYLE = """
@page { margin: 10mm }
body { font: 10pt/1.3 "Noto Serif", "Times New Roman", serif; color: #000; background: #fff;
  max-width: 186mm; margin: 0 auto }
h1 { font-size: 13pt; text-align: center; margin: 0; text-transform: uppercase }
p.sub { text-align: center; margin: 0 0 2mm }
table { border-collapse: collapse; width: 100%; margin: 0 0 3mm }
th, td { border: 0.2mm solid #555; padding: 0.7mm 1.5mm; text-align: left; vertical-align: top }
th { background: #eee; font-weight: normal; width: 36% } td { overflow-wrap: anywhere }
small { color: #333 }
.code { font-weight: bold; font-size: 11.5pt }
.not-yet { border: 0.6mm solid #000; padding: 1.5mm 2.5mm; margin: 0 0 3mm }
.codes { display: flex; flex-wrap: wrap; gap: 2mm; justify-content: center }
figure { margin: 0; text-align: center; break-inside: avoid }
svg { width: 50mm; height: 50mm; display: block }
figcaption { font-size: 8pt }
.how { font-size: 9pt; margin: 2mm 0 0 }
code { font: 8pt/1.3 "DejaVu Sans Mono", monospace; overflow-wrap: anywhere }
"""
_HOW = """<p class="how">Kiểm tra không cần mạng: quét tất cả các mã, lưu mỗi mã thành một dòng, rồi chạy
<code>hoso verify TỆP --key KHÓA</code>. Khóa của nhật ký do cơ quan công bố.
<br>To check it without any network: scan every code, save each as one line, then run
<code>hoso verify FILE --key VKEY</code>. The agency publishes the log's key.</p>"""
_DEMO = ("Dữ liệu thử nghiệm, không phải hồ sơ thật.", "Demo data: this is no real dossier.")


def page(content: Proof | Pledge, said: Said, lines: Sequence[str]) -> bytes:
    """The whole HTML. `lines`: the compact text of the same content."""
    receipt = base(said.topic) in ("dossier.accepted", "dossier.submitted")
    title = RECEIPT if receipt else PROOF_OF
    codes = "".join(_figure(line, number, len(lines)) for number, line in enumerate(lines, 1))
    body = [
        f"<h1>{title[0]}</h1>",
        f'<p class="sub">{title[1]}</p>',
        _not_yet(content) if isinstance(content, Pledge) else "",
        _table(said),
        f'<div class="codes">{codes}</div>',
        _log(content),
        _HOW,
    ]
    carried = "".join(f'<meta name="hoso-proof" content="{line}">\n' for line in lines)
    named = escape(shown(said.code or str(said.position)))
    head = f"<title>{named} - {title[0]}</title>\n{carried}<style>{_STYLE}</style></head>"
    return BEGINS + f"{head}<body>{''.join(body)}</body></html>\n".encode()


def lines_of(content: bytes) -> list[str] | None:
    """The compact text that a page carries; None for what is no page. Letters that no code has are left for
    the reader of the text to refuse."""
    if not content.startswith(b"<!doctype html>"):
        return None
    return [line.decode("ascii", "replace") for line in _META.findall(content)]


def _table(said: Said) -> str:
    found = []
    pairs = zip(rows(said, "vi"), rows(said, "en"), strict=True)
    for (label_vi, text_vi), (label_en, text_en) in pairs:
        text = escape(text_vi)
        if text_vi != text_en:
            text += f" <small>/ {escape(text_en)}</small>"
        kind = ' class="code"' if text_vi == said.code else ""
        found.append(
            f'<tr><th scope="row">{label_vi} <small>/ {label_en}</small></th><td{kind}>{text}</td></tr>'
        )
    return f"<table>{''.join(found)}</table>"


def _not_yet(pledge: Pledge) -> str:
    return (
        '<p class="not-yet"><b>Chưa kiểm chứng được.</b> Nhật ký sẽ xác nhận muộn nhất khoảng '
        f"{moment(pledge.by, 'vi')}; sau đó hãy lấy bằng chứng đầy đủ tại cơ quan theo mã số hồ sơ."
        "<br><b>Not checkable yet.</b> The log should attest it by about "
        f"{moment(pledge.by, 'en')}; ask the agency for the full proof after that, by the dossier's code.</p>"
    )


def _log(content: Proof | Pledge) -> str:
    if isinstance(content, Pledge):
        origin, told = content.origin, f"{content.attested:,}"
    else:
        origin, size, _ = content.note.text.split("\n", 2)
        told = f"{int(size):,}"
    demo = f"<br><b>{_DEMO[0]} {_DEMO[1]}</b>" if origin.startswith("demo.") else ""
    return (
        f'<p class="how">Nhật ký / log: <code>{escape(shown(origin))}</code>, '
        f"số sự kiện đã xác nhận / facts attested: {told}.{demo}</p>"
    )


def _figure(line: str, number: int, count: int) -> str:
    return f"<figure>{svg(line)}<figcaption>{number}/{count}</figcaption></figure>"


@lru_cache(MOST_PARTS)
def svg(line: str) -> str:
    """One QR code, level M, as black runs on white."""
    import segno  # who checks files needs none of it

    code = segno.make(line, error="m", mode="alphanumeric", micro=False, boost_error=False)
    size = len(code.matrix) + 2 * QUIET
    path = []
    for y, row in enumerate(code.matrix, QUIET):
        x = QUIET
        for dark, run in groupby(row):
            width = len(list(run))
            if dark:
                path.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width
    return (
        f'<svg viewBox="0 0 {size} {size}" role="img" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path d="{"".join(path)}"/></svg>'
    )
