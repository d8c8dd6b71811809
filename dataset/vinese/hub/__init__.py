"""A built folder on the Hub: publishing it, a copy without the articles' text, and putting the text back.

The folder is built in `release`; what it holds is described in `card`.
"""
