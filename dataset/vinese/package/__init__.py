"""Make rows and Parquet of documents. What describes them is in `card`; the whole folder is made in `release`."""
