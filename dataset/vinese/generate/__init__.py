"""What follows from the ontology: enums for the schemas, the label configuration, the label tables.

Each producer is a pure function of the ontology; `vinese.generate.registry` says which file each one writes.
Not here: the ontology itself (`model`).
"""
