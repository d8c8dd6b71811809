"""What the guidelines ask of an annotation beyond what links may join, as data of the ontology.

Every part may be left out: an ontology without conventions asks for nothing of the kind. Words are compared as they
are written, by whole syllables and regardless of case.
"""

from __future__ import annotations

import msgspec


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base of the parts: immutable and strict."""


class RoleOf(_Part, frozen=True, kw_only=True):
    """A role that events of one type do not have."""

    event: str
    role: str


class Modalities(_Part, frozen=True, kw_only=True):
    """The modalities that an event may have which fills a role of events of one type."""

    event: str
    role: str
    modalities: tuple[str, ...]


class Marker(_Part, frozen=True, kw_only=True):
    """Words of which one stands before what fills a role, in the same sentence."""

    role: str
    words: tuple[str, ...]


class StanceEvent(_Part, frozen=True, kw_only=True):
    """An event type whose trigger is a stance too, and its polarity.

    It is none with a modality of `never`, or if the trigger is one of `not_on`. The polarity is `opposite` if the
    event has a modality of `reversed_by`, or if an event with one of them fills `reversed_through`.
    """

    event: str
    polarity: str
    opposite: str
    never: tuple[str, ...] = ()
    not_on: tuple[str, ...] = ()
    reversed_by: tuple[str, ...] = ()
    reversed_through: str | None = None


class Conventions(_Part, frozen=True, kw_only=True):
    """What the guidelines ask beyond the links; each is off unless the ontology says so.

    `topic_required`: every stance has a topic. `one_stance`: no two stances have the same words. `trigger_apart`: no
    entity has the words of a trigger. `no_trigger_inside`: entity types that hold no trigger. `not_inside_itself`:
    types of which none lies in another. `open_end`: words that end no span of the types `open_end_of`;
    `trigger_not_first`: words that begin no trigger.
    """

    topic_required: bool = False
    one_stance: bool = False
    trigger_apart: bool = False
    no_trigger_inside: tuple[str, ...] = ()
    not_inside_itself: tuple[str, ...] = ()
    open_end_of: tuple[str, ...] = ()
    open_end: tuple[str, ...] = ()
    trigger_not_first: tuple[str, ...] = ()
    no_role: tuple[RoleOf, ...] = ()
    modalities: tuple[Modalities, ...] = ()
    markers: tuple[Marker, ...] = ()
    stance_events: tuple[StanceEvent, ...] = ()
