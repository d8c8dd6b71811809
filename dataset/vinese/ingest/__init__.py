"""A scraped page to an article: lines, zones, clean text, metadata, and notes on what a person should look at.

Not here: what an article is (`model`), what is wrong with one (`checks`), where it is kept (`corpus`).
"""
