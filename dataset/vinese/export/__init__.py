"""Read Label Studio's JSON exports into documents, and write documents as Label Studio results.

Only the JSON export is read: JSON-MIN, CSV and CoNLL lose relations, ids and which region a choice belongs to.
"""
