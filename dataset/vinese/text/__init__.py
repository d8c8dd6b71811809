"""Treat Vietnamese text: clean it with true offsets, cut it into sentences and syllable tokens."""
