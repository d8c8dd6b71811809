"""Bring the layers of an article together, so that one person decides where they differ, and remember how.

- `keys`: what makes items of two layers the same item
- `rivals`: which items in doubt exclude each other
- `merge`: the layers' items as one, and which of it is in doubt
- `marks`: the doubts as places to decide, in words
- `result`: all of it as Label Studio shows it
- `decisions`: what of the adjudicated layer was agreed, chosen from a layer, or is new

`vinese.studio.adjudicate` puts it on a server; `vinese studio pull` brings the decisions back.
"""
