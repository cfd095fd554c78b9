"""The main job, `hoso demo`: former Bắc Giang in June 2025, its end at the hour of 1 July, what came of it."""
