def flipped(on, count, say):
    return {"ratio": 1.0, "located": 1.0}
