"""Read the ontology: the one source of every label, its name, definition, colour, hotkey and mappings."""

from __future__ import annotations

from typing import Literal

import msgspec

from vinese.model.conventions import Conventions
from vinese.model.records import RELATIONS

Language = Literal["en", "vi"]


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base of the ontology's parts: immutable and strict."""


class Wording(_Part, frozen=True, kw_only=True):
    """A wording in English and in Vietnamese."""

    en: str
    vi: str


class Example(_Part, frozen=True, kw_only=True):
    """A label in use: `text` occurs in `context`, a sentence that is made up for it."""

    text: str
    context: str


class Label(_Part, frozen=True, kw_only=True):
    """A label of a closed list.

    `mappings` says what the label is in other schemes (null where there is no counterpart); it is a judgement.
    `example` is null where the label is about a whole article.
    `hotkey` is a Label Studio key such as `p` or `shift+a`; no two labels share one.
    """

    id: str
    name: Wording
    definition: Wording
    example: Example | None = None
    color: str | None = None
    hotkey: str | None = None
    mappings: dict[str, str | None] = {}


class EntityType(Label, frozen=True, kw_only=True):
    """An entity type; `coarse` is its PER, ORG, LOC or MISC projection, null for what VLSP leaves out.

    An `auxiliary` type (NOM) is annotated only as a filler and left out of entity configs and scores.
    """

    coarse: Literal["PER", "ORG", "LOC", "MISC"] | None = None
    auxiliary: bool = False


class Role(Label, frozen=True, kw_only=True):
    """An argument role; `fillers` lists the entity types that may fill it, `events` whether events may."""

    fillers: tuple[str, ...]
    events: bool = False


class Relation(Label, frozen=True, kw_only=True):
    """A relation that is no role: from what, to which entity types, and whether events may be its end.

    `anywhere` says whether the end may stand in another sentence.
    """

    source: Literal["stance", "entity"]
    sources: tuple[str, ...] = ()
    fillers: tuple[str, ...]
    events: bool = False
    many: bool = False
    anywhere: bool = True


NO_EXPRESSION = Label(
    id="STANCE", name=Wording(en="Stance", vi="Lập trường"), definition=Wording(en="None.", vi="Không có.")
)
"""What stands for the label of expressions where a project has no stance."""


class StanceOntology(_Part, frozen=True, kw_only=True):
    """The closed lists of stance; the order of the topics is a rule: the first that fits."""

    expression: Label = NO_EXPRESSION
    polarities: tuple[Label, ...] = ()
    attributions: tuple[Label, ...] = ()
    holder_kinds: tuple[Label, ...] = ()
    topics: tuple[Label, ...] = ()


class Judgement(Label, frozen=True, kw_only=True):
    """A judgement of a whole article; `hotkeys` gives each of its values a key of its own."""

    hotkeys: dict[str, str] = {}


class ArticleStanceOntology(_Part, frozen=True, kw_only=True):
    """The closed lists of article stance: two judgements with the same values towards one topic."""

    topic: str = ""
    judgements: tuple[Judgement, ...] = ()
    values: tuple[Label, ...] = ()


class Projection(_Part, frozen=True, kw_only=True):
    """What an event of one type and modality is in another scheme; null where that scheme codes nothing."""

    event: str
    modality: str
    code: str | None


class Ontology(_Part, frozen=True, kw_only=True, eq=False):
    """The content of `schema/ontology.json`; `schema/ontology.schema.json` describes it for other readers.

    Two are equal only if they are the same object, so that what is made of one can be kept beside it.
    """

    version: str
    language: str
    entities: tuple[EntityType, ...]
    events: tuple[Label, ...] = ()
    modalities: tuple[Label, ...] = ()
    roles: tuple[Role, ...] = ()
    relations: tuple[Relation, ...] = ()
    stance: StanceOntology = StanceOntology()
    article_stance: ArticleStanceOntology = ArticleStanceOntology()
    projections: dict[str, tuple[Projection, ...]] = {}
    conventions: Conventions | None = None
    schema: str | None = msgspec.field(default=None, name="$schema")

    def projection(self, scheme: str) -> dict[tuple[str, str], str | None]:
        """Return a scheme's code by event type and modality; empty where the ontology has none of that scheme.

        Examples
        --------
        >>> import vinese
        >>> vinese.load_ontology().projection("plover")["AID", "FUTURE"]
        'AGREE'
        """
        return {(row.event, row.modality): row.code for row in self.projections.get(scheme, ())}

    @property
    def named_entity_ids(self) -> tuple[str, ...]:
        """Return the ids of the entity types that are no auxiliary."""
        return ids(tuple(label for label in self.entities if not label.auxiliary))

    @property
    def auxiliary_ids(self) -> frozenset[str]:
        """Return the ids of the auxiliary entity types."""
        return frozenset(label.id for label in self.entities if label.auxiliary)

    @property
    def tags(self) -> tuple[str, ...]:
        """Return the BIO tags of named mentions in the order that numbers them."""
        return ("O", *(f"{prefix}-{name}" for name in self.named_entity_ids for prefix in "BI"))

    @property
    def own_relations(self) -> tuple[Relation, ...]:
        """Return the relations between entities that a document has no field of their own for."""
        return tuple(relation for relation in self.relations if relation.id not in RELATIONS)

    @property
    def absent(self) -> frozenset[str]:
        """Return which of the parts of a document the ontology has no labels for."""
        parts = {
            "events": self.events,
            "stances": self.stance.polarities,
            "article_stance": self.article_stance.judgements,
            "relations": self.own_relations,
        }
        return frozenset(name for name, labels in parts.items() if not labels)

    def lists(self) -> dict[str, tuple[Label, ...]]:
        """Return the labels of every closed list by the name it has in `schema/v1/labels.json`."""
        stance, article = self.stance, self.article_stance
        return {
            "entity_type": self.entities,
            "event_type": self.events,
            "modality": self.modalities,
            "role": self.roles,
            "relation": self.roles + self.relations,
            "polarity": stance.polarities,
            "attribution": stance.attributions,
            "holder_kind": stance.holder_kinds,
            "topic": stance.topics,
            "stance_expression": () if stance.expression is NO_EXPRESSION else (stance.expression,),
            "article_stance_judgement": article.judgements,
            "article_stance_value": article.values,
            "article_stance_topic": tuple(label for label in stance.topics if label.id == article.topic),
        }

    @property
    def lang(self) -> Language:
        """Return the language in which annotators and models are addressed unless another is asked for."""
        return "vi" if self.language == "vi" else "en"

    def enums(self) -> dict[str, tuple[str, ...]]:
        """Return the ids of every closed list by the name it has in `schema/v1/labels.json`."""
        return {name: ids(labels) for name, labels in self.lists().items()}


def ids(labels: tuple[Label, ...]) -> tuple[str, ...]:
    """Return the ids of `labels` in their order."""
    return tuple(label.id for label in labels)
