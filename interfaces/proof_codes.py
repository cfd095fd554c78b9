"""Refusals about proofs and the log that they are made under: their texts, and what to do."""

from __future__ import annotations

from typing import Final

CODES: Final[dict[str, tuple[str, str]]] = {
    "unknown_fact": ("Không có sự kiện này", "There is no such fact"),
    "not_attested_yet": (
        "Nhật ký chưa xác nhận đến sự kiện này: hãy thử lại sau",
        "No checkpoint covers this fact yet: try again",
    ),
    "too_long_for_paper": ("Bằng chứng quá dài để in", "The proof is too long for paper"),
    "not_attesting": ("Nhật ký không được xác nhận tiếp", "Nothing more is attested for now"),
    "bad_key": ("Khóa không hợp lệ", "This is no key of a log or a witness"),
    "bad_policy": ("Tệp chính sách không hợp lệ", "This is no policy's file"),
}

_FILE = (
    "Hãy lấy tệp bằng chứng (form=file, hoặc hoso proof không kèm --compact và --page)",
    "Take the proof as a file (form=file, or hoso proof without --compact and --page)",
)
_OPERATOR = (
    "Chưa có gì bị mất: hãy báo người vận hành xem `hoso tlog status`",
    "Nothing is lost: tell the operator to look at `hoso tlog status`",
)

ADVICE: Final[dict[str, tuple[str, str]]] = {
    "unknown_fact": (
        "Hãy chọn một sự kiện trong lịch sử của hồ sơ (/history)",
        "Choose a fact of the dossier's /history",
    ),
    "not_attested_yet": (
        "Hãy chờ số giây nêu ở tiêu đề Retry-After rồi hỏi lại",
        "Wait for the seconds of the header Retry-After and ask again",
    ),
    "too_long_for_paper": _FILE,
    "not_attesting": _OPERATOR,
    "bad_key": (
        "Hãy chép lại nguyên khóa từ nơi cơ quan công bố",
        "Copy the whole key from where the agency publishes it",
    ),
    "bad_policy": (
        "Hãy sửa tệp chính sách theo C2SP tlog-policy",
        "Correct the policy's file: C2SP tlog-policy says how",
    ),
}
