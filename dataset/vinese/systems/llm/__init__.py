"""Language models as systems: what they are asked, and how their replies become predictions.

`prompts.py` says what is asked of an article, `read_reply.py` what a reply predicts; both follow from the ontology.
Whoever has replies from elsewhere needs no more than `batch.py`. `inspect_tasks.py` and `engine.py` need the extra
`llm`, the task files in `lm_eval/` need lm-evaluation-harness.
"""
