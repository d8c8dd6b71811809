"""Nested spans laid over text, and reports: for the terminal, and as pages for a browser.

`spans` says which spans are open where, `sheet` makes an article of it line by line, `page` the frame that all pages
share; `browse`, `agreement_page` and `score_page` are its views. The card's pictures are in `card`.
"""
