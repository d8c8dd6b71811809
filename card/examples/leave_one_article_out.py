"""Find in each article the names that the other articles have, and write them for `vinese score`.

Run: python leave_one_article_out.py FOLDER predictions.jsonl && vinese score predictions.jsonl --task entities
"""

import json
import sys
from collections import Counter, defaultdict

from datasets import load_dataset

rows = load_dataset(sys.argv[1], "entities", split="test")
with open(sys.argv[2], "w", encoding="utf-8") as file:
    for fold in sorted(set(rows["fold"])):
        names = defaultdict(Counter)
        for entity in (one for row in rows if row["fold"] != fold for one in row["entities"]):
            names[entity["text"]][entity["type"]] += 1
        for row in (row for row in rows if row["fold"] == fold):
            places = [(start, end) for start in row["token_starts"] for end in row["token_ends"] if start < end]
            known = [(start, end) for start, end in places if row["text"][start:end] in names]
            types = [names[row["text"][start:end]].most_common(1)[0][0] for start, end in known]
            found = [{"start": s, "end": e, "type": t} for (s, e), t in zip(known, types, strict=True)]
            found = [{"id": f"e{row['start'] + one['start']}-{row['start'] + one['end']}", **one} for one in found]
            file.write(json.dumps({"article_id": row["article_id"], "start": row["start"], "entities": found}) + "\n")
