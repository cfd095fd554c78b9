"""A certificate as a page for A4, in Vietnamese and English: one file without scripts or anything from
elsewhere, to be printed, signed by hand where an office wants that, and kept beside the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from interfaces.texts import of_status

Json = Mapping[str, Any]

_STYLE = """
@page { size: A4; margin: 18mm 16mm 20mm 16mm }
body { font: 10.5pt/1.35 "Noto Serif", "Times New Roman", serif; color: #000; background: #fff;
  max-width: 178mm; margin: 0 auto }
h1 { font-size: 15pt; text-align: center; margin: 0 0 2mm }
h2 { font-size: 11.5pt; margin: 6mm 0 1.5mm; break-after: avoid }
p.sub { text-align: center; margin: 0 0 5mm }
table { border-collapse: collapse; width: 100% }
th, td { border: 0.2mm solid #555; padding: 0.8mm 1.5mm; text-align: left; vertical-align: top }
th { background: #eee } td.n { text-align: right; white-space: nowrap }
tr { break-inside: avoid } thead { display: table-header-group }
code { font: 8pt/1.3 "DejaVu Sans Mono", monospace; overflow-wrap: anywhere }
.missing { font-weight: bold }
"""
_HOW = """<p>Không cần mạng hay sổ cái / without network or ledger:
<code>hoso certificate check cert.json --keys keys.json</code>.
Tệp thay đổi một byte sẽ không còn hợp lệ. / A file changed by one byte is not valid any more.
Chữ ký Ed25519 phủ / an Ed25519 signature covers:
<code>hoso/certificate/1|side|agency|signed_at\\n</code> + mã tóm lược / digest (32 byte).</p>"""
_SIDES = {"handing": "Bên giao / Handing over", "receiving": "Bên nhận / Receiving"}


def page(file: Json) -> str:
    """The whole HTML of a certificate's file (`application.certificates.shown`)."""
    document = file["document"]
    act, part = document["act"], document["part"]
    body = [
        "<h1>Biên bản bàn giao hồ sơ</h1>",
        '<p class="sub">Certificate of the handover of dossiers</p>',
        _facts(
            (
                ("Văn bản / Act", f"{act['number']} ({act['issued_on']})"),
                ("Trích yếu / Title", act["title"]),
                ("Căn cứ / Reference", act["reference"]),
                ("Phần / Part", f"{part['name']} ({part['province']}), v{document['part_version']}"),
                ("Giờ hiệu lực / Hour (UTC)", document["hour"]),
                ("Số hồ sơ / Dossiers", f"{document['dossiers']:,}"),
            )
        ),
        "<h2>Số hồ sơ theo cơ quan và trạng thái / Dossiers by agency and status</h2>",
        _counts(document["counts"]["by"]),
        "<h2>Chữ ký / Signatures</h2>",
        _signatures(file),
        "<h2>Dấu kiểm tra / What is checked</h2>",
        _facts(
            (
                ("Mã tóm lược biên bản / Digest", file["digest"]),
                ("Mã tóm lược danh sách / Digest of the list", document["list_digest"]),
                ("Vị trí sổ cái / Log position", f"{document['position']:,}"),
                ("Gốc cây / Tree root", document["tree"]["root"]),
                ("Sổ cái / Ledger", document["ledger"]),
            ),
            code=True,
        ),
        "<h2>Cách kiểm tra / How to check</h2>",
        _HOW,
    ]
    title = escape(f"{act['number']} - {part['name']}")
    return (
        f'<!doctype html>\n<html lang="vi"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body>{''.join(body)}</body></html>\n"
    )


def _facts(rows: Iterable[tuple[str, str]], *, code: bool = False) -> str:
    def cell(value: str) -> str:
        return f"<code>{escape(value)}</code>" if code else escape(value)

    lines = (f'<tr><th scope="row">{escape(name)}</th><td>{cell(value)}</td></tr>' for name, value in rows)
    return f"<table>{''.join(lines)}</table>"


def _head(*names: str) -> str:
    cells = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    return f"<thead><tr>{cells}</tr></thead>"


def _counts(rows: Iterable[Json]) -> str:
    lines = "".join(
        f"<tr><td>{escape(row['from'])}</td><td>{escape(row['to'])}</td>"
        f"<td>{escape(of_status(row['status'], 'vi'))} / {escape(of_status(row['status'], 'en'))}</td>"
        f'<td class="n">{row["dossiers"]:,}</td></tr>'
        for row in rows
    )
    head = _head("Từ / From", "Đến / To", "Trạng thái / Status", "Số / Number")
    return f"<table>{head}<tbody>{lines}</tbody></table>"


def _signatures(file: Json) -> str:
    """Everyone listed, by side: what was signed with which key, or that it is missing."""
    given = {(s["agency"], s["side"]): s for s in file["signatures"]}
    lines = "".join(
        f"<tr><td>{escape(_SIDES[agency['side']])}</td>"
        f"<td>{escape(agency['name'])}<br><code>{escape(agency['identifier'])}</code></td>"
        f'<td class="n">{agency["dossiers"]:,}</td>'
        f"<td>{_signed(given.get((agency['id'], agency['side'])), agency['required'])}</td></tr>"
        for agency in file["document"]["agencies"]
    )
    head = _head("Bên / Side", "Cơ quan / Agency", "Số / Number", "Chữ ký / Signature")
    return f"<table>{head}<tbody>{lines}</tbody></table>"


def _signed(signature: Json | None, required: bool) -> str:
    if signature is None:
        if required:
            return '<span class="missing">Chưa ký / not signed</span>'
        return "Không yêu cầu / not required"
    return (
        f"{escape(signature['signed_at'])}<br><code>key {escape(signature['key_id'])}<br>"
        f"{escape(signature['signature'])}</code>"
    )
