"""Describe a built dataset: card, data statement, datasheet, Croissant, figures."""
