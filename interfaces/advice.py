"""What to do about a refusal, in Vietnamese and English: the last part of every problem's detail.

A detail says what is wrong (the text of the code or the rule), where (the values it is about), and what to do
(this, and `interfaces.rule_advice`). A test holds that no code is without advice.
"""

from __future__ import annotations

from typing import Final

from interfaces import proof_codes
from interfaces.rule_advice import CORRECT, READ_AGAIN
from interfaces.tlog_advice import LOG_CODES

_TOKEN = (
    "Hãy gửi tiêu đề Authorization: Bearer với mã truy cập còn hạn của sổ cái này",
    "Send the header Authorization: Bearer with a valid token of this ledger",
)
_LATER = (
    "Hãy chờ số giây nêu ở tiêu đề Retry-After rồi gửi lại với cùng Idempotency-Key",
    "Wait for the seconds of the header Retry-After and send the same again with the same Idempotency-Key",
)
_OPERATOR = (
    "Chưa có gì bị mất: hãy báo người vận hành kèm thời điểm xảy ra",
    "Nothing is lost: tell the operator, with the time at which it happened",
)
_POSTING = (
    "Hãy nhờ cơ quan đang giữ, hoặc đề nghị người quản lý tổ chức bố trí vị trí công tác",
    "Ask the agency that holds it, or have the registrar post the officer there",
)
_LIST = ("Hãy chọn một giá trị trong danh sách tại", "Choose one that is listed at")


def _listed(path: str) -> tuple[str, str]:
    return f"{_LIST[0]} {path}", f"{_LIST[1]} {path}"


ADVICE: Final[dict[str, tuple[str, str]]] = LOG_CODES | {
    "malformed_json": CORRECT,
    "invalid_request": CORRECT,
    "idempotency_key_missing": (
        "Hãy đặt một khóa mới cho mỗi lệnh và giữ nguyên khóa khi gửi lại",
        "Give each command a new key, and the same key when it is repeated",
    ),
    "if_match_missing": (
        "Hãy đọc hồ sơ và gửi ETag nhận được trong If-Match",
        "Read the dossier and send its ETag as If-Match",
    ),
    "if_match_malformed": (
        "Hãy gửi nguyên văn ETag của hồ sơ đã đọc",
        "Send the ETag of the dossier as it was read",
    ),
    "body_too_large": ("Hãy chia nhỏ nội dung rồi gửi lại", "Send it in smaller parts"),
    "headers_too_large": ("Hãy rút ngắn địa chỉ và tiêu đề", "Shorten the address and the headers"),
    "method_not_allowed": _listed("/docs"),
    "unknown_group": _listed("GET /v1/linked-groups"),
    "not_found": _listed("/docs"),
    "unsupported_media_type": (
        "Hãy đặt Content-Type: application/json",
        "Set Content-Type: application/json",
    ),
    "not_acceptable": ("Hãy bỏ tiêu đề Accept hoặc nhận application/json", "Accept application/json"),
    "bad_cursor": (
        "Hãy bỏ tham số cursor và đọc lại từ trang đầu",
        "Leave cursor out and begin at the first page",
    ),
    "bad_since": (
        "Hãy bỏ --since, hoặc ghi kích thước của một điểm kiểm soát đã ghi nhận hay tệp đã lưu",
        "Leave --since out, or name the size of one on record or the file that was kept",
    ),
    "unknown_parameter": (
        "Hãy bỏ tham số này hoặc sửa tên theo danh sách",
        "Leave it out, or write it as it is listed",
    ),
    "no_such_position": (
        "Hãy ghi một vị trí từ 1 trở lên, hoặc một thời điểm",
        "Write a position from 1 on, or an instant",
    ),
    "not_recorded_yet": (
        "Hãy hỏi một vị trí hoặc thời điểm đã qua",
        "Ask for a position or a time that has passed",
    ),
    "no_token": _TOKEN,
    "bad_token": _TOKEN,
    "no_identity": _TOKEN,
    "loopback_only": (
        "Hãy mở sổ cái này ngay trên máy chạy nó",
        "Open this ledger on the machine that runs it",
    ),
    "not_a_party": (
        "Hãy dùng mã truy cập của chủ hồ sơ hoặc người nộp; người nộp cần ủy quyền còn hiệu lực",
        "Use the token of the owner or submitter; a submitter needs a mandate of the owner that is in force",
    ),
    "kind_not_allowed": (
        "Hãy dùng mã truy cập của người được phép làm việc này",
        "Use the token of somebody who may do it",
    ),
    "not_posted": _POSTING,
    "role_missing": _POSTING,
    "not_coordinator": (
        "Hãy để người điều phối mà danh sách chờ nêu tên, hoặc cán bộ vận hành, quyết định",
        "Leave it to the coordinator whom the queue names, or to an operator",
    ),
    "not_closing": READ_AGAIN,
    "not_the_holder": _POSTING,
    "unknown_act": _listed("/docs"),
    "unknown_agency": _listed("/v1/agencies"),
    "unknown_officer": _listed("/v1/officers"),
    "unknown_certificate": READ_AGAIN,
    "certificate_differs": _OPERATOR,
    "unknown_citizen": (
        "Hãy định danh người nộp trước tại POST /v1/citizens",
        "Identify the applicant first at POST /v1/citizens",
    ),
    "unknown_dossier": (
        "Hãy kiểm tra mã số trên giấy tiếp nhận",
        "Check the code on the slip",
    ),
    "unknown_handover": _listed("/v1/handovers"),
    "unknown_part": _listed("/v1/handovers"),
    "unknown_posting": _listed("/v1/officers"),
    "unknown_procedure": _listed("/v1/procedures"),
    "unknown_unit": _listed("/v1/units"),
    "unknown_parent": ("Hãy nạp đơn vị cấp trên trước", "Load the parent first"),
    "unknown_view": _listed("/v1/views"),
    "unknown_obstacle": _listed("/v1/handovers/{id}/obstacles"),
    "unknown_voice": _listed("/v1/voice"),
    "dead_unit": (
        "Hãy dùng đơn vị kế tục (GET /v1/units/{mã}/heirs) hoặc ghi MÃ@NGÀY",
        "Use its successor (GET /v1/units/{code}/heirs), or write CODE@DATE",
    ),
    "quarantined_dossier": (
        "Hãy đối chiếu với hồ sơ đang giữ mã số này",
        "Compare it with the dossier that has the code",
    ),
    "not_begun_then": ("Hãy hỏi một thời điểm muộn hơn", "Ask for a later time"),
    "since_after": ("Hãy hỏi một mốc since sớm hơn", "Ask since an earlier time or position"),
    "shown_now_only": (
        "Hãy dựng lại các bảng đọc đến vị trí đó bằng `hoso replay --to POSITION --keep`",
        "Make the read models as of then with `hoso replay --to POSITION --keep`",
    ),
    "not_known_yet": ("Hãy hỏi một vị trí muộn hơn", "Ask for a later position"),
    "search_empty": (
        "Hãy nêu số định danh, họ tên đầy đủ hoặc số điện thoại",
        "Give a number, a whole name or a phone",
    ),
    "code_taken": (
        "Hãy kiểm tra mã số; nếu đúng, bỏ trống để sổ cái cấp mã mới",
        "Check the code; if it is right, leave it out and one is issued",
    ),
    "papers_later": (
        "Hãy bỏ giấy tờ này và nộp khi bước đó bắt đầu",
        "Leave these papers out and give them when that step begins",
    ),
    "amount_missing": (
        "Thủ tục không quy định mức phí: hãy ghi số tiền vào amount_vnd",
        "The procedure does not list it: give the amount in amount_vnd",
    ),
    "not_in_hand": (
        "Hãy nêu một hồ sơ của người này đang giải quyết tại cơ quan: ?dossier=MÃ",
        "Name a dossier of this person that your agency still handles: ?dossier=CODE",
    ),
    "file_too_old": (
        "Hãy gửi lại tệp tại POST /v1/files rồi nêu tên mới",
        "Put the file again at POST /v1/files, then name the new one",
    ),
    "file_named_before": (
        "Hãy gửi tệp lần nữa tại POST /v1/files rồi nêu tên mới; giấy đã lưu kho thì dùng reuse-component",
        "Put the file again at POST /v1/files and name the new one; a document in store is re-used",
    ),
    "file_not_put": (
        "Hãy gửi tệp trước tại POST /v1/files rồi mới nêu tên tệp",
        "Put the file first at POST /v1/files, then name it",
    ),
    "file_of_another": (
        "Hãy gửi lại tệp với ?subject= là chủ hồ sơ",
        "Put the file again with ?subject= the dossier's owner",
    ),
    "unknown_document": _listed("GET /v1/citizens/{id}/documents"),
    "no_content": (
        "Hãy xem bản giấy tại cơ quan đã ban hành",
        "Look at the paper at the agency that issued it",
    ),
    "in_the_future": (
        "Hãy ghi thời điểm việc đó đã thực sự diễn ra",
        "Write the time at which it really happened",
    ),
    "nothing_listed": (
        "Hãy ghi thời hạn và đơn vị, hoặc ghi rõ là không có",
        "Give the limit and its unit, or say that there is none",
    ),
    "day_in_the_past": (
        "Hãy ghi hôm nay hoặc một ngày sau, hoặc thêm --past nếu đúng là ngày đã qua",
        "Give today or a later day, or --past where the past day is meant",
    ),
    "load_running": (
        "Hãy chờ lần nạp kia xong rồi chạy lại: việc đó an toàn",
        "Wait until the other load has ended and run it again: that is safe",
    ),
    "no_zone": (
        "Hãy ghi ngày 2025-07-01 hoặc thời điểm 2025-07-01T00:00:00+07:00",
        "Write a day, 2025-07-01, or an instant, 2025-07-01T00:00:00+07:00",
    ),
    "place_not_commune": (
        "Hãy chọn một xã hoặc bỏ trống địa bàn",
        "Choose a commune, or leave the place out",
    ),
    "procedure_not_in_force": _listed("/v1/procedures"),
    "unit_twice": ("Hãy bỏ bớt một lần nêu", "Leave one of them out"),
    "bad_count": (
        "Hãy ghi mỗi thành phần một lần, số nguyên",
        "Write each component once, with a whole number",
    ),
    "agency_twice": ("Hãy dùng mã định danh mới", "Use a new identifier"),
    "dossier_twice": ("Hãy bỏ bớt một lần nêu", "Leave one of them out"),
    "before_the_hour": ("Hãy làm lại sau giờ hiệu lực", "Do it again after the hour"),
    "not_to_rehearse": (
        "Hãy chọn phần còn hiệu lực và đã có thời điểm",
        "Choose a part that is neither cancelled nor closed, with its date",
    ),
    "bad_period": (
        "Hãy nêu ngày đầu trước ngày kết thúc, và không sau những gì đã ghi",
        "Name a first day before the end, and not after what is recorded",
    ),
    "bad_range": (
        "Hãy nêu vị trí đầu trước vị trí cuối, từ 1 trở đi",
        "Name a first position before the last one, from 1 on",
    ),
    "not_scheduled": READ_AGAIN,
    "transfer_missing": READ_AGAIN,
    "cursor_ahead": (
        "Hãy kiểm tra địa chỉ sổ cái; nếu đúng, đọc lại từ đầu",
        "Check which ledger this is; if it is the right one, begin again",
    ),
    "calendar_unknown": ("Hãy nạp lịch của năm đó bằng hoso calendar load", "Load it: hoso calendar load"),
    "no_importing_agency": (
        "Hãy nêu cơ quan nhập bằng --agency",
        "Name the importing agency with --agency",
    ),
    "stale_revision": (
        "Hãy đọc lại hồ sơ, kiểm tra thay đổi rồi gửi với ETag mới",
        "Read the dossier again, look at what changed, and send the new ETag",
    ),
    "key_reused": (
        "Hãy dùng Idempotency-Key mới cho yêu cầu này",
        "Use a new Idempotency-Key for this request",
    ),
    "claim_taken": ("Hãy dùng bản ghi đã có", "Use the one that exists"),
    "file_not_named": _listed("/v1/dossiers/CODE/history"),
    "media_type_unknown": (
        "Hãy gửi PDF, XML, JPEG, PNG hoặc TIFF và ghi đúng Content-Type",
        "Send a PDF, XML, JPEG, PNG or TIFF file and name its type in Content-Type",
    ),
    "not_that_media_type": (
        "Hãy ghi đúng loại tệp trong Content-Type, hoặc xuất lại tệp từ chương trình đã tạo ra nó",
        "Name its true type in Content-Type, or save it again with the program that made it",
    ),
    "file_empty": (
        "Hãy quét lại hoặc lưu lại tệp rồi gửi",
        "Scan it again, or save it again with the program that made it",
    ),
    "file_too_large": (
        "Hãy quét với độ phân giải thấp hơn hoặc chia thành nhiều tệp",
        "Scan it at a lower resolution, or split it into several files",
    ),
    "upload_broken_off": (
        "Chưa có gì được lưu: hãy gửi lại toàn bộ tệp",
        "Nothing of it is kept: send the whole file again",
    ),
    "files_unavailable": (
        "Hãy chờ số giây nêu ở tiêu đề Retry-After rồi gửi lại; nếu vẫn lỗi, hãy báo người vận hành",
        "Wait for the seconds of the header Retry-After and try again; tell the operator if it stays so",
    ),
    "file_missing": (
        "Hãy báo người vận hành chạy hoso files check và lấy lại tệp từ bản sao lưu",
        "Tell the operator to run hoso files check and to put the file back from a backup",
    ),
    "file_broken": (
        "Hãy báo người vận hành chạy hoso files check và lấy lại tệp từ bản sao lưu",
        "Tell the operator to run hoso files check and to put the file back from a backup",
    ),
    "subject_erased": (
        "Không thể khôi phục; hãy định danh lại người đó nếu cần",
        "It cannot come back; identify the person again where that is needed",
    ),
    "unknown_erasure": ("Hãy xem hoso erase list", "See hoso erase list"),
    "unknown_hold": ("Hãy xem hoso holds list", "See hoso holds list"),
    "overloaded": _LATER,
    "rate_limited": _LATER,
    "unavailable": _LATER,
    "not_shown_yet": _LATER,
    "clock_jumped": _OPERATOR,
    "no_code_free": _OPERATOR,
    "internal_error": _OPERATOR,
    **proof_codes.ADVICE,
}


def of_code(code: str, vietnamese: bool) -> str:
    """What to do about a problem with this code."""
    return ADVICE.get(code, CORRECT)[0 if vietnamese else 1]
