"""Write a line a sentence with its opinions as a language model may be asked for them: words and labels, no offsets.

Run: python opinions_for_llm.py FOLDER opinions.jsonl
"""

import json
import sys

from datasets import load_dataset


def opinion(one):
    holders = [holder["text"] for holder in one["holders"]] or [one["holder_kind"]]
    target = one["mention"] and one["mention"]["text"]
    words = {"holders": holders, "target": target, "topic": one["topic"], "polarity": one["polarity"]}
    return {**words, "attribution": one["attribution"], "expression": one["expression"]["text"]}


with open(sys.argv[2], "w", encoding="utf-8") as file:
    for row in load_dataset(sys.argv[1], "opinions", split="test"):
        line = {"id": row["id"], "fold": row["fold"], "text": row["text"]}
        line["opinions"] = [opinion(one) for one in row["opinions"]]
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
