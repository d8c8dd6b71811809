"""The records (articles, documents and what is in them) and the ontology that their labels come from.

No file formats, and no checks of a document: those are in `formats` and `checks`.
"""
