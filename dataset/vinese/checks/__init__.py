"""Check what JSON Schema cannot say: articles, spans, links, text, personal data. Each check yields issues."""
