"""Comparison of layers: items, matching, F1, alpha, intervals, disagreements, and merging for an adjudicator.

No measures of a prediction against gold (`score`), and no pages (`render`).
"""
