"""Nested spans laid over text and agreement reports: for the terminal and as HTML.

What is shown is computed elsewhere, and the card's pictures are in `card`.
"""
