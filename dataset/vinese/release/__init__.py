"""A whole dataset folder, and the kept files of a project: what is current, and how it is made again.

Not here: rows and Parquet (`package`), what the card says (`card`), sending a folder (`hub`).
"""
