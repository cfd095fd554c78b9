"""The main job, `hoso demo`: former Bắc Giang in June 2025, its end on 1 July, and what came of it."""
