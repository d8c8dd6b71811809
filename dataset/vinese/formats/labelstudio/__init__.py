"""Read Label Studio's exports into documents and issues, and write documents as its results."""
