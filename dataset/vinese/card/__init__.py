"""What describes a built dataset: card, data statement, datasheet, Croissant, figures.

Rows and Parquet are made in `package`; the card that the project keeps is checked in `release`.
"""
