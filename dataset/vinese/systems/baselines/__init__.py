"""Baselines: what is learnt of the other articles with little, to compare systems with."""
