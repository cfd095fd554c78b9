"""The rules of the log's name and keys in Vietnamese: see `interfaces.rule_texts`."""

from __future__ import annotations

OF_LOG = {
    "log.open.once": "Nhật ký chỉ được mở một lần; chỉ mở nhật ký tiếp theo sau khi lịch sử đã bị mất.",
    "log.open.needed": "Chỉ thêm, thu hồi khóa hoặc ghi nhận mất lịch sử khi nhật ký đang mở.",
    "log.origin.form": "Tên nhật ký gồm 1 đến 120 chữ cái, chữ số, dấu chấm, gạch nối, gạch dưới, hai chấm "
    "và gạch chéo.",
    "log.origin.new": "Nhật ký tiếp theo phải mang một tên chưa nhật ký nào trước đó dùng.",
    "log.key.form": "Khóa của nhật ký là khóa Ed25519 theo dạng của signed-note, mang tên của nhật ký.",
    "log.key.once": "Mỗi khóa chỉ được thêm một lần và không có hai khóa cùng mã.",
    "log.key.signs": "Chỉ thu hồi khóa đang ký nhật ký đang mở.",
    "log.key.not_the_last": "Không thu hồi khóa cuối cùng đang ký: phải thêm khóa khác trước.",
}
