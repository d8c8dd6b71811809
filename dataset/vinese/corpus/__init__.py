"""Hold what `annotations/` keeps: articles, layers, words, splits, quality passes. No annotation format."""
