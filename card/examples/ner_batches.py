"""Turn `entities` into batches for fine-tuning: a label for the first piece of each token, -100 for all others.

Run: python ner_batches.py FOLDER FacebookAI/xlm-roberta-base
"""

import sys

from datasets import load_dataset


def align(batch, tokenizer):
    pieces = tokenizer(batch["tokens"], is_split_into_words=True, truncation=True)
    pieces["labels"] = []
    for number, tags in enumerate(batch["ner_tags"]):
        words = pieces.word_ids(number)
        pieces["labels"].append([-100 if w in {None, b} else tags[w] for b, w in zip([None, *words], words)])
    return pieces


if __name__ == "__main__":
    from transformers import AutoTokenizer

    rows, given = load_dataset(sys.argv[1], "entities", split="test"), AutoTokenizer.from_pretrained(sys.argv[2])
    print(rows.map(align, batched=True, fn_kwargs={"tokenizer": given}, remove_columns=rows.column_names)[0])
