"""Documents to rows and Parquet: configs, staging, the files of a build folder.

Not here: what describes the data (`card`), the making of a whole folder (`release`), sending it (`hub`).
"""
