"""Systems that predict what annotators mark: baselines, and language models in `llm/`.

What they predict is scored by `vinese.score`, as anybody else's predictions are.
"""
