"""Lay nested spans over text, for the terminal and as HTML. Nothing here computes what it shows."""
