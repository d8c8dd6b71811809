"""Compare layers: items, matching, F1, alpha, intervals, disagreements, and merging by an adjudicator."""
