"""Plain text: cleaning with offsets, sentences, tokens, quotations.

Not here: what a document or an article is (`model`), and what is wrong with one (`checks`).
"""
