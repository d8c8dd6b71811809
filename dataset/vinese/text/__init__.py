"""Work on plain text: cleaning with offsets, sentences, tokens, quotations. Nothing here knows a record."""
