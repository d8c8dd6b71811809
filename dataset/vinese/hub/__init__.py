"""Publish a built folder on the Hub, take the text out of it and put it back."""
