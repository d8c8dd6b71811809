"""Make articles of scraped pages: zones, clean text, metadata, and what a person should look at."""
