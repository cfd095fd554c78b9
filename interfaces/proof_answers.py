"""What the checker of proofs answers, in Vietnamese and English: the three answers, and why something is not
proven."""

from __future__ import annotations

from typing import Final

from application.verifying import NOT_PROVEN, NOT_YET, PROVEN

ANSWERS: Final[dict[str, tuple[str, str]]] = {
    PROVEN: ("ĐÃ CHỨNG MINH", "PROVEN"),
    NOT_PROVEN: ("KHÔNG CHỨNG MINH ĐƯỢC", "NOT PROVEN"),
    NOT_YET: ("CHƯA KIỂM CHỨNG ĐƯỢC", "NOT CHECKABLE YET"),
}

PROBLEMS: Final[dict[str, tuple[str, str]]] = {
    "unknown_kind": (
        "Đây không phải tệp bằng chứng, văn bản mã QR hay trang in",
        "This is no proof file, no text of QR codes and no page",
    ),
    "unknown_format": (
        "Phiên bản định dạng không được biết: hãy dùng chương trình mới hơn",
        "The format's version is not known here: use a newer program",
    ),
    "unreadable": (
        "Không đọc được: bị cắt, hỏng hoặc viết sai",
        "It cannot be read: cut, damaged or misspelt",
    ),
    "altered": ("Nội dung đã bị sửa", "Something in it was changed"),
    "part_missing": ("Thiếu mã QR", "QR codes are missing"),
    "part_twice": ("Một mã QR có hai lần: hãy bỏ bớt", "A QR code stands twice: leave one out"),
    "not_in_tree": (
        "Sự kiện không nằm trong nhật ký đã ký",
        "The fact is not in the log that was signed",
    ),
    "fact_unreadable": ("Không đọc được sự kiện", "The fact itself cannot be read"),
    "facts_do_not_fit": (
        "Các sự kiện kèm theo không đúng với sự kiện này",
        "The facts beside it do not belong to this one",
    ),
    "key_opens_nothing": ("Khóa kèm theo không mở được gì", "A key in it does not open what it is for"),
    "reading_differs": (
        "Phần chữ đọc được không đúng với sự kiện",
        "The readable text is not what the fact says",
    ),
    "page_differs": ("Trang in đã bị sửa", "The page was changed"),
    "no_trust": (
        "Chưa cho biết tin khóa nào (--key hoặc --policy)",
        "Nothing was said to be trusted (--key or --policy)",
    ),
    "untrusted": (
        "Chỉ có chữ ký của khóa không được tin cậy",
        "It is signed by keys only that you did not say to trust",
    ),
    "bad_signature": ("Chữ ký không đúng", "A signature is not good"),
    "no_quorum": ("Không đủ chữ ký của bên làm chứng", "Too few witnesses cosigned it"),
    "forked": (
        "Nhật ký đã ký hai lịch sử khác nhau: hãy giữ các tệp này làm bằng chứng",
        "The log signed two different histories: keep these files as evidence",
    ),
    "not_attested_yet": (
        "Nhật ký chưa xác nhận đến sự kiện này",
        "The log had not attested this fact yet",
    ),
}

SIGNERS: Final[dict[str, tuple[str, str]]] = {
    "log": ("nhật ký, khóa được tin cậy", "the log, by a trusted key"),
    "witness": ("bên làm chứng", "a witness"),
    "unknown": ("khóa không rõ, không tính", "a key unknown here, which counts for nothing"),
}

_OF_FACT = "hoso proof {code} --fact {version}, GET /v1/dossiers/{code}/facts/{version}/proof"

WORDS: Final[dict[str, tuple[str, str]]] = {
    "claimed": ("Những gì được khai (chưa chứng minh):", "What it says, unproven:"),
    "content": ("Nội dung sự kiện như đã ghi:", "The fact's own fields, as recorded:"),
    "opened": ("mở bằng khóa trong bằng chứng", "opened with the key in the proof"),
    "sealed": (
        "đã niêm phong; bằng chứng không kèm khóa (được lược đi, hoặc dữ liệu đã xóa)",
        "sealed; the proof has no key for it (left out, or the data were erased)",
    ),
    "log": ("Nhật ký", "Log"),
    "size": ("số sự kiện", "facts"),
    "root": ("gốc cây", "root"),
    "signed": ("Ký bởi", "Signed by"),
    "quorum": ("Đủ số bên làm chứng theo chính sách.", "The policy's quorum of witnesses cosigned it."),
    "no_policy": (
        "Không có chính sách nào đòi hỏi bên làm chứng.",
        "No policy asked for witnesses.",
    ),
    "when": ("Có thể kiểm chứng từ khoảng", "It should be checkable from about"),
    "where": (
        f"Sau đó lấy bằng chứng đầy đủ tại cơ quan: {_OF_FACT}",
        f"Then ask the agency for the full proof: {_OF_FACT}",
    ),
    "where_position": (
        "Sau đó lấy bằng chứng đầy đủ: GET /v1/facts/{position}/proof",
        "Then ask for the full proof: GET /v1/facts/{position}/proof",
    ),
    "overdue": (
        "Thời điểm đó đã qua: nếu cơ quan không đưa được bằng chứng thì hãy khiếu nại.",
        "That time has passed: an agency that cannot give the proof owes an explanation.",
    ),
}
