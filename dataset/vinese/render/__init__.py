"""Nested spans laid over text and agreement reports: for the terminal and as HTML.

What is shown is computed elsewhere: agreement in `compare`, documents in `formats`; pictures of the card are in `card`.
"""
