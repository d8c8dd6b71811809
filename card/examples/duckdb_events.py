"""Ask the Parquet files with SQL, without `datasets`: who does what to whom, and how often.

Run: python duckdb_events.py FOLDER
"""

import sys

import duckdb

query = f"""
with found as (select unnest(events) as event from '{sys.argv[1]}/data/events/*.parquet'),
filled as (select event.id, event.type, unnest(event.arguments) as argument from found)
select type, argument.role as role, argument.text as filler, count(*) as times
from filled group by all order by times desc, type, role, filler limit 10
"""
for row in duckdb.sql(query).fetchall():
    print(*row, sep="\t")
