"""What every other room stands on: errors, issues, files, the project folder, JSON Schema, progress.

Nothing here knows what an article or an annotation is.
"""
