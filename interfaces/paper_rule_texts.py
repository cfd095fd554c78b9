"""The rules of papers and of the store of electronic documents in Vietnamese: see `interfaces.rule_texts`."""

from __future__ import annotations

OF_PAPERS = {
    "store.kept_once": "Mỗi giấy tờ đã cung cấp chỉ được lưu vào kho một lần.",
    "store.owner": "Giấy tờ nằm trong kho của chủ sở hữu và được niêm phong bằng khóa của người đó.",
    "store.file_whole": "Tệp phải có đủ tên, loại, dung lượng và mã nội dung, hoặc để trống cả.",
    "store.validity": "Giấy tờ có hiệu lực đến một ngày sau ngày bắt đầu có hiệu lực.",
    "store.document_known": "Chỉ thu hồi hoặc đọc giấy tờ có trong kho này.",
    "store.withdrawn_once": "Mỗi giấy tờ chỉ bị thu hồi một lần.",
}
