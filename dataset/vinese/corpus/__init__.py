"""What `annotations/` holds: articles, layers, words, splits, quality passes.

Not here: annotation formats (`formats`), the making of articles (`ingest`), rows (`package`).
"""
