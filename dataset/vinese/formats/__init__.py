"""Annotation formats read and written, one folder a format; validation and conversion of files of any of them.

No checks of a document: those are in `checks`.
"""
