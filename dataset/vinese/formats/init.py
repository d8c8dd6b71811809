"""Make a project of somebody else's annotation: ontology, mapping, articles and layers."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from vinese.checks.article import ARTICLE_ID
from vinese.checks.document_text import moment
from vinese.core.errors import FileProblemError, UsageError
from vinese.core.files import read_record, reason, text_digest, write_bytes
from vinese.core.inside import refuse_trouble
from vinese.core.issues import Issue, issue
from vinese.core.progress import Progress, silent
from vinese.core.project import Project
from vinese.core.workplace import keeping_work_folders
from vinese.corpus.articles import article_bytes, article_path, raw_path
from vinese.corpus.layers import Annotator, Layer, is_name, load_layers, proposed_name
from vinese.formats.format import Item
from vinese.formats.labelstudio.annotation import annotator
from vinese.formats.labelstudio.mend import mend
from vinese.formats.labelstudio.shapes import tasks_of
from vinese.formats.labelstudio.task import TaskReader
from vinese.formats.labelstudio.write import document_to_task
from vinese.formats.ledger import Counts, entry_kind, works
from vinese.formats.mapping import Mapping, extend, extended_ontology, load_mapping
from vinese.formats.offsets import Marked, cleaned, recognise
from vinese.formats.registry import format_of
from vinese.formats.survey import Survey, labels_in, live, read_config, relation_labels, survey, text_of
from vinese.model.ontology_file import load_ontology
from vinese.model.records import Article, Document, Metadata, Sentence, Source, Zone
from vinese.text.sentences import sentences

_EXAMPLES = 3
_WRITTEN = ("annotations", "schema")
_NEVER = datetime.min.replace(tzinfo=UTC)


class InitReport(msgspec.Struct, kw_only=True):
    """What `init` found and made.

    `held`, `kept` and `told` count the regions, relations and choices of all annotations of the file: those that came
    in, those that are in documents, and those that an issue names instead; the last two make up the first.
    """

    project: str
    source: str
    format: str
    mapping: Mapping
    found: Survey
    added: tuple[str, ...] = ()
    articles: int = 0
    new_articles: int = 0
    layers: dict[str, int] = {}
    held: Counts = msgspec.field(default_factory=Counts)
    kept: Counts = msgspec.field(default_factory=Counts)
    told: Counts = msgspec.field(default_factory=Counts)
    issues: tuple[Issue, ...] = ()


class _Task(NamedTuple):
    """A task with a text: the text in its clean form, where its spans went, and its article."""

    item: Item
    article: Article
    spans: dict[tuple[int, int], tuple[int, int]]


class _Left:
    """What was left out, by kind: how many, and the places of the first of them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.counts: Counter[tuple[str, str]] = Counter()
        self.places: dict[tuple[str, str], list[str]] = defaultdict(list)

    def add(self, what: str, why: str, place: str) -> None:
        """Take note of one thing that was left out."""
        self.counts[what, why] += 1
        if len(self.places[what, why]) < _EXAMPLES:
            self.places[what, why].append(place)

    def issues(self) -> Iterator[Issue]:
        """Yield one issue a kind."""
        for (what, why), count in self.counts.items():
            places = self.places[what, why]
            fields = {"what": what, "why": why, "examples": ", ".join(places)}
            yield issue("init-left-out", file=self.file, pointer=places[0], count=count, **fields)


def init(
    folder: str | Path,
    source: str | Path,
    *,
    config: str | Path | None = None,
    text: str | None = None,
    language: str | None = None,
    layer: str | None = None,
    progress: Progress = silent,
) -> InitReport:
    r"""Make a project in `folder` of an export of Label Studio or of doccano or CoNLL, or bring it what is new.

    Parameters
    ----------
    folder
        A new or empty folder, or one that an earlier `init` made.
    source
        The file.
    config
        The label configuration of the project in Label Studio, which has colours, keys and unused labels.
    text, language
        The key of the text in the data of tasks, and the language of the texts, if what is found is wrong.
    layer
        The name of the layer, if the file is one annotator's work; by default the file's name.
    progress
        Called as each step begins.

    Raises
    ------
    UsageError
        If `folder` holds a project that no `init` made.
    FileProblemError
        If a file cannot be read or written.

    Examples
    --------
    >>> import tempfile, vinese
    >>> folder = tempfile.mkdtemp()
    >>> with open(f"{folder}/train.conll", "w") as file:
    ...     print("NATO B-ORG", "meets O", "in O", "Brussels B-LOC", sep="\n", file=file)
    >>> report = vinese.init(f"{folder}/mine", f"{folder}/train.conll", language="en")
    >>> report.layers, report.kept.regions
    ({'train': 1}, 2)
    """
    with keeping_work_folders():
        return _Init(Path(folder), Path(source), progress).run(
            Path(config) if config is not None else None, text, language, layer
        )


_STORED = "Restore it, or remove it to have it made of the export alone."


class _StoredData(msgspec.Struct):
    article_id: str


class _Stored(msgspec.Struct):
    """What has to be known of a task that an earlier run wrote."""

    data: _StoredData


class _Init:
    """One run of `init`."""

    def __init__(self, folder: Path, source: Path, progress: Progress) -> None:
        self.project = Project(folder)
        self.source = source
        self.progress = progress
        self.issues: list[Issue] = []
        self.left = _Left(str(source))
        self.kept: set[tuple[int, int, int]] = set()
        self.article: Article | None = None
        self.objects: set[str | None] = set()
        self.tool = ""

    def run(self, config_path: Path | None, text: str | None, language: str | None, layer: str | None) -> InitReport:
        """Read, map and write."""
        if any(self.source.resolve().is_relative_to(self.project.own(name).resolve()) for name in _WRITTEN):
            raise UsageError(f"{self.source} lies where the project is written.", "Move it elsewhere first.")
        mapping = load_mapping(self.project)
        if mapping is None and self.project.own("schema", "ontology.json").exists():
            raise UsageError(
                f"{self.project.root} holds a project already, and no schema/mapping.json.", "Name another folder."
            )
        if layer is not None and not is_name(layer):
            raise UsageError(f"A layer cannot be called {layer!r}.", "Use a to z, digits and -.")
        config = read_config(config_path) if config_path is not None else None
        self.progress(f"reading {self.source}", 0, None)
        form = format_of(self.source)
        self.tool = form.name
        items = list(self._items())
        found = survey(items, config, text or (mapping.text if mapping else None))
        mapping = mapping or self._proposed(found, layer)
        mapping.language = language or (mapping.language if mapping.language != "und" else found.language)
        text_object = found.objects.most_common(1)[0][0] if found.objects else None
        named = {name for name, key in config.texts.items() if key == mapping.text} if config is not None else set()
        self.objects = {*named} or {text_object}
        added = extend(mapping, found, config)
        report = InitReport(
            project=str(self.project.root), source=str(self.source), format=form.name, mapping=mapping, found=found
        )
        report.added, report.held = tuple(added), found.held
        if not any(name for labels in mapping.labels.values() for name in labels.values()) or found.text is None:
            self._nothing(items, found)
        else:
            self._write_schema(mapping, config)
            self._layers(items, mapping, report)
        self._balance(items, report)
        report.issues = (*self.issues, *self.left.issues())
        return report

    def _article_of(self, _article_id: str) -> Article | None:
        """Return the article of the task that is being read."""
        return self.article

    def _items(self) -> Iterator[Item]:
        for item in format_of(self.source).items(self.source):
            for task in [item] if isinstance(item, Issue) else tasks_of(item):
                if isinstance(task, Issue):
                    self.issues.append(task if task.file else msgspec.structs.replace(task, file=str(self.source)))
                elif not isinstance(task.value, dict):
                    place = task.pointer
                    self.issues.append(
                        issue("item-unreadable", file=str(self.source), pointer=place, reason="it is no task")
                    )
                else:
                    yield _flat(task)

    def _proposed(self, found: Survey, layer: str | None) -> Mapping:
        name = layer or proposed_name(self.source.stem, "project")
        title = next((key for key in ("title", "headline", "name") if found.keys[key]), None)
        layers = "annotator" if found.most > 1 else "project"
        return Mapping(
            source=self.source.name, text=found.text or "text", title=title if title != found.text else None,
            layers=layers, layer=name,
        )  # fmt: skip

    def _nothing(self, items: list[Item], found: Survey) -> None:
        why = "no region is a span of text with a label" if found.text is not None else "no data holds a text"
        self.issues.append(issue("init-empty", file=str(self.source), why=why))
        for item in items:
            for number, index, entry in _entries(item):
                self._leave(item, number, index, entry, why)

    def _leave(self, item: Item, number: int, index: int, entry: Any, why: str) -> None:
        kind = entry_kind(entry)
        if kind is not None:
            self.left.add(kind, why, _place(item, number, index))

    def _write_schema(self, mapping: Mapping, config: Any) -> None:
        path = self.project.own("schema", "ontology.json")
        old = read_record(path, dict[str, Any], "Correct it, or restore it.")
        path.parent.mkdir(parents=True, exist_ok=True)
        for name, value in (("ontology.json", extended_ontology(old, mapping, config)), ("mapping.json", mapping)):
            content = msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
            write_bytes(self.project.own("schema", name), content)

    def _layers(self, items: list[Item], mapping: Mapping, report: InitReport) -> None:
        tasks = list(self._articles(items, mapping, report))
        chosen: dict[str, dict[str, tuple[_Task, int]]] = defaultdict(dict)
        for task in tasks:
            for number, annotation in live(task.item.value):
                name = self._layer(annotation, mapping)
                before = chosen[name].get(task.article.id)
                loser = None if before is None else (task, number)
                if before is None or _rank(annotation) >= _rank(before[0].item.value["annotations"][before[1]]):
                    chosen[name][task.article.id], loser = (task, number), before
                if loser is not None:
                    self._leave_annotation(*loser, f"layer {name} keeps another annotation of the same text")
        ontology = load_ontology(self.project)
        layers = load_layers(self.project)
        independent = [name for name in chosen if mapping.layers == "annotator"]
        for name, works_of in chosen.items():
            described = layers.layers.get(name) or Layer(
                description=f"Imported from {self.source.name}.", annotators={name: Annotator(kind="person")}
            )
            layers.layers[name] = described
            reader = TaskReader(ontology=ontology, layer=name, layers=layers, find_article=self._article_of)
            documents = {}
            for task, number in works_of.values():
                document = self._document(task, number, name, mapping, reader)
                if document is not None:
                    documents[document.id] = document
            self._write_layer(name, documents, ontology, {task.article.id: task for task, _ in works_of.values()})
            report.layers[name] = len(documents)
        both = tuple(dict.fromkeys([*layers.independent, *independent]))
        default = layers.default or max(report.layers, key=lambda one: report.layers[one], default=None)
        layers = msgspec.structs.replace(layers, independent=both if len(both) > 1 else (), default=default)
        value = {key: part for key, part in msgspec.to_builtins(layers).items() if part not in (None, [], ())}
        value.pop("$schema", None)
        path = self.project.own("annotations", "layers.json")
        write_bytes(path, msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")

    def _layer(self, annotation: dict[str, Any], mapping: Mapping) -> str:
        """Return the layer of an annotation, and give its annotator a pseudonym."""
        if mapping.layers != "annotator":
            return mapping.layer
        said = annotation.get("completed_by")
        key = annotator(said)
        if key is None or not is_name(key):
            # An address or a name stands nowhere but as a digest, by which the next export finds the same layer.
            key = text_digest(repr(said))[:12] if said is not None else "unknown"
        if key not in mapping.annotators:
            mapping.annotators[key] = key if key != "unknown" and key.startswith("annotator-") else (
                f"annotator-{len(mapping.annotators) + 1}"
            )  # fmt: skip
        return mapping.annotators[key]

    def _articles(self, items: list[Item], mapping: Mapping, report: InitReport) -> Iterator[_Task]:
        """Yield every task with a text, its article written; tasks with the same text share one."""
        by_text: dict[str, list[Item]] = defaultdict(list)
        others: Counter[str] = Counter()
        for item in items:
            text = text_of(item, mapping.text)
            if text is None:
                self._leave_task(item, f"the task has no text under data.{mapping.text}")
            else:
                by_text[text].append(item)
                others.update(key for key in item.value["data"] if key not in {mapping.text, mapping.title})
        changes: Counter[str] = Counter()
        for done, (text, same_text) in enumerate(by_text.items()):
            self.progress("writing articles", done, len(by_text))
            yield from self._tasks(text, same_text, mapping, report, changes)
        file = str(self.source)
        if changes["unclean"]:
            what = f"was not clean in {changes['unclean']} of {len(by_text)} articles"
            self.issues.append(issue("text-cleaned", file=file, what=what, count=changes["moved"]))
        for code in ("init-lines-joined", "init-trimmed"):
            if changes[code]:
                self.issues.append(issue(code, file=file, count=changes[code]))
        if others:
            keys = ", ".join(f"data.{key}" for key in others)
            self.issues.append(issue("init-unmapped", file=file, keys=keys, text=f"data.{mapping.text}"))
        if mapping.language != "vi":
            self.issues.append(issue("init-language", file=file, language=mapping.language))

    def _tasks(
        self, text: str, items: list[Item], mapping: Mapping, report: InitReport, changes: Counter[str]
    ) -> Iterator[_Task]:
        """Write the article of a text, and yield the tasks that have it, where their spans are in it."""
        spans = {id(item): self._spans(item, text) for item in items}
        every = [place for places in spans.values() for place in places.values()]
        across = [place for place in every if "\n" in text[place[0] : place[1]].strip()]
        clean = cleaned(text, across)
        if not clean.text:
            for item in items:
                self._leave_task(item, "the text holds nothing to see")
            return
        changes["init-lines-joined"] += len(across)
        changes["unclean"] += clean.text != text
        moved: dict[int, dict[tuple[int, int], tuple[int, int]]] = {}
        for item in items:
            places = moved[id(item)] = {}
            for key, (start, end) in spans[id(item)].items():
                places[key] = _trim(clean.text, *clean.span(start, end))
                changes["init-trimmed"] += text[start:end] != text[start:end].strip()
                changes["moved"] += places[key] != (start, end)
        article = self._article(
            text, clean, mapping, items[0], [place for places in moved.values() for place in places.values()]
        )
        report.articles += 1
        report.new_articles += self._write_article(article, text)
        for item in items:
            yield _Task(item, article, moved[id(item)])

    def _leave_annotation(self, task: _Task, number: int, why: str) -> None:
        for index, entry in enumerate(works(task.item.value["annotations"][number])):
            self._leave(task.item, number, index, entry, why)

    def _leave_task(self, item: Item, why: str) -> None:
        for number, index, entry in _entries(item):
            self._leave(item, number, index, entry, why)

    def _spans(self, item: Item, text: str) -> dict[tuple[int, int], tuple[int, int]]:
        """Return where the spans of a task are in its text, by annotation and entry, whatever their offsets count."""
        marked = []
        for number, index, entry in _entries(item):
            if labels_in(entry) and (place := _offsets(entry["value"])) is not None:
                said = entry["value"].get("text")
                marked.append((number, index, Marked(*place, said if isinstance(said, str) else None)))
        spans = [span for _, _, span in marked]
        places: list[tuple[int, int] | None] = [(span.start, span.end) for span in spans]
        if item.inclusive and not any(span.words for span in spans):
            places = [(span.start, span.end + 1) for span in spans]
        elif (reading := recognise(text, spans)) is not None:
            places = reading.places
            changed = sum(place != (span.start, span.end) for place, span in zip(places, spans, strict=True))
            at, file = f"{item.pointer}/annotations", str(self.source)
            self.issues.append(issue("offsets-converted", file=file, pointer=at, count=changed, what=reading.what))
        elif spans and all(span.words is None for span in spans) and any(char > "\uffff" for char in text):
            at, file = f"{item.pointer}/annotations", str(self.source)
            self.issues.append(issue("offsets-unsure", file=file, pointer=at, count=len(spans)))
        return {
            (number, index): place
            for (number, index, _), place in zip(marked, places, strict=True)
            if place is not None and 0 <= place[0] < place[1] <= len(text)
        }

    def _article(self, raw: str, clean: Any, mapping: Mapping, item: Item, spans: list[tuple[int, int]]) -> Article:
        """Return the article of a text: every line is body, traced to the text as it was."""
        digest = text_digest(raw)
        said = item.value["data"].get("article_id")
        name = said if isinstance(said, str) and ARTICLE_ID.fullmatch(said) else f"text-{digest[:16]}"
        zones, at = [], 0
        for line in clean.text.split("\n"):
            end = at + len(line)
            zones.append(Zone("body", at, end, clean.starts[at], clean.ends[end - 1]))
            at = end + 1
        title = item.value["data"].get(mapping.title) if mapping.title else None
        title = " ".join(title.split()) if isinstance(title, str) and title.strip() else None
        return Article(
            id=name,
            language=mapping.language,
            text=clean.text,
            text_sha256=text_digest(clean.text),
            sentences=_sentences(clean.text, mapping.language, spans),
            zones=tuple(zones),
            zoning="rules",
            metadata=Metadata(title=title),
            raw=Source(f"raw/{name}.txt", digest, len(raw)),
        )

    def _write_article(self, article: Article, raw: str) -> bool:
        """Write an article and its raw text; return whether it is new."""
        path = article_path(self.project.articles, article.id)
        new = not path.exists()
        page = raw_path(self.project.articles, article.id)
        for file in (path, page):
            refuse_trouble(file, self.project.articles)
        page.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(page, raw.encode())
        write_bytes(path, article_bytes(article))
        return new

    def _document(
        self, task: _Task, number: int, layer: str, mapping: Mapping, reader: TaskReader
    ) -> Document | None:
        """Return the document of one annotation, and take note of what of it is kept."""
        annotation = task.item.value["annotations"][number]
        result, places, names = self._mapped(task, number, mapping)
        article = task.article
        value = {
            "data": {"text": article.text, "title": "", "article_id": article.id, "text_sha256": article.text_sha256},
            "meta": {"tool": self.tool},
            "annotations": [
                {
                    "completed_by": layer if mapping.layers == "annotator" else "unknown",
                    "updated_at": annotation.get("updated_at") or annotation.get("created_at"),
                    "result": result,
                }
            ],
        }
        item = Item(task.item.pointer, msgspec.json.encode(value), value, places=places)
        item, _ = mend(item, article.id)
        self.article = article
        document = None
        for found in reader.read(item):
            if isinstance(found, Issue):
                self.issues.append(msgspec.structs.replace(found, file=str(self.source)))
            else:
                document = found
        if document is not None:
            there = {entity.id for entity in document.entities}
            linked = {(one.source, one.type, one.target) for one in document.relations or ()}
            for index, keys in names.items():
                if any(key in there or key in linked for key in keys):
                    self.kept.add((id(task.item), number, index))
        return document

    def _mapped(
        self, task: _Task, number: int, mapping: Mapping
    ) -> tuple[list[Any], dict[tuple[int, int], str], dict[int, list[Any]]]:
        """Return the entries of an annotation as entries of ours, where each stood, and what each became."""
        item = task.item
        result: list[Any] = []
        places: dict[tuple[int, int], str] = {}
        names: dict[int, list[Any]] = defaultdict(list)
        ids: dict[Any, str] = {}
        entries = works(item.value["annotations"][number])
        for index, entry in enumerate(entries):
            labels = labels_in(entry)
            if not labels:
                continue
            control = str(entry.get("from_name"))
            known = mapping.labels.get(control, {})
            types = [known[label] for label in labels if known.get(label)]
            place = task.spans.get((number, index))
            if str(entry.get("to_name")) not in self.objects:
                why = f"it is on another object of the screen, {entry.get('to_name')}"
                self._leave(item, number, index, entry, why)
            elif not types:
                self._leave(
                    item, number, index, entry, f"schema/mapping.json leaves out {', '.join(labels)} of {control}"
                )
            elif place is None or place[0] >= place[1]:
                self._leave(item, number, index, entry, "the span is empty or not within the text")
            else:
                for extra, name in enumerate(dict.fromkeys(types)):
                    key = f"r{index}" if not extra else f"r{index}-{extra}"
                    ids.setdefault(entry.get("id") if not isinstance(entry.get("id"), dict | list) else None, key)
                    names[index].append(key)
                    places[0, len(result)] = _place(item, number, index)[len(item.pointer) :]
                    origin = entry.get("origin")
                    value = {"start": place[0], "end": place[1], "labels": [name]}
                    region = {"id": key, "type": "labels", "from_name": "entity", "to_name": "text", "value": value}
                    result.append(region | ({"origin": origin} if origin else {}))
        for index, entry in enumerate(entries):
            if not labels_in(entry):
                self._other(task, number, index, entry, mapping=mapping, made=(result, places, names, ids))
        return result, places, names

    def _other(
        self, task: _Task, number: int, index: int, entry: Any, *, mapping: Mapping, made: tuple[Any, ...]
    ) -> None:
        """Add a relation or a note to what an annotation becomes, or take note of what is left out."""
        result, places, names, ids = made
        kind = entry_kind(entry)
        if kind == "relations":
            ends = [
                ids.get(entry.get(key)) if isinstance(entry.get(key), str | int) else None
                for key in ("from_id", "to_id")
            ]
            if None in ends or ends[0] == ends[1]:
                why = "an end of the relation was left out or does not exist"
                self._leave(task.item, number, index, entry, why)
                return
            if entry.get("direction") == "left":
                ends.reverse()
            for label in relation_labels(entry):
                name = mapping.relations.get(label)
                if name is None:
                    self._leave(task.item, number, index, entry, f"schema/mapping.json leaves out {label}")
                    continue
                names[index].append((ends[0], name, ends[1]))
                places[0, len(result)] = _place(task.item, number, index)[len(task.item.pointer) :]
                arrow = {"type": "relation", "from_id": ends[0], "to_id": ends[1], "direction": "right"}
                result.append(arrow | {"labels": [name]})
        elif kind == "choices":
            self._leave(task.item, number, index, entry, f"documents have no place for {entry.get('from_name')}")
        elif kind == "regions":
            value = entry.get("value")
            shape = str(entry.get("type"))
            why = (
                "the region has no label"
                if isinstance(value, dict) and "start" in value
                else f"{shape} is no span of text"
            )
            self._leave(task.item, number, index, entry, why)
        elif isinstance(entry, dict) and isinstance(entry.get("value"), dict):
            said = entry["value"].get("text")
            lines = [
                one for one in (said if isinstance(said, list) else [said]) if isinstance(one, str) and one.strip()
            ]
            if lines:
                places[0, len(result)] = _place(task.item, number, index)[len(task.item.pointer) :]
                note = {"id": f"note-{index}", "type": "textarea", "from_name": "note", "to_name": "text"}
                result.append(note | {"value": {"text": lines}})

    def _write_layer(self, name: str, documents: dict[str, Document], ontology: Any, tasks: dict[str, _Task]) -> None:
        """Write a layer: the tasks of this file, and those of earlier ones that this one does not have."""
        path = self.project.export(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        made: dict[str, Any] = {
            key: document_to_task(document, ontology, tasks[key].article.metadata.title or "")
            for key, document in documents.items()
        }
        for stored in read_record(path, list[msgspec.Raw], _STORED) or ():
            try:
                made.setdefault(msgspec.json.decode(stored, type=_Stored).data.article_id, stored)
            except msgspec.DecodeError as error:
                raise FileProblemError(f"{path} is wrong: {reason(error)}.", _STORED) from error
        lines = b",\n".join(msgspec.json.encode(made[key]) for key in sorted(made))
        write_bytes(path, b"[\n" + lines + b"\n]\n")

    def _balance(self, items: list[Item], report: InitReport) -> None:
        """Count what is kept; of annotations that were not taken at all, say which and how much they held."""
        noted = Counter[str]()
        for item in items:
            for number, index, entry in _entries(item):
                kind = entry_kind(entry)
                if kind is None:
                    continue
                counts = report.kept if (id(item), number, index) in self.kept else report.told
                setattr(counts, kind, getattr(counts, kind) + 1)
            annotations = item.value.get("annotations")
            for number, annotation in enumerate(annotations if isinstance(annotations, list) else []):
                cancelled = isinstance(annotation, dict) and annotation.get("was_cancelled") is True
                if cancelled and (what := Counts().add(works(annotation))).total():
                    place = f"{item.pointer}/annotations/{number}"
                    self.issues.append(issue("cancelled", file=str(self.source), pointer=place, what=what.said()))
            predictions = item.value.get("predictions")
            if not annotations and isinstance(predictions, list):
                noted["predictions"] += sum(len(works(one)) for one in predictions)
            drafts = item.value.get("drafts")
            noted["drafts"] += sum(len(works(one)) for one in (drafts if isinstance(drafts, list) else []))
        if noted["predictions"]:
            self.left.add(
                f"suggestions ({noted['predictions']} entries)", "a suggestion is no annotation", "/predictions"
            )
        if noted["drafts"]:
            self.left.add(f"drafts ({noted['drafts']} entries)", "they were never submitted", "/drafts")


def _flat(item: Item) -> Item:
    """Return a task whose annotations are a list and whose lists inside of `result` are laid flat."""
    annotations = item.value.get("annotations")
    if not isinstance(annotations, list):
        return msgspec.structs.replace(item, value={**item.value, "annotations": []})
    places = dict(item.places)
    changed = []
    for number, annotation in enumerate(annotations):
        result = works(annotation)
        if not any(isinstance(entry, list) for entry in result):
            changed.append(annotation)
            continue
        flat: list[Any] = []
        for index, entry in enumerate(result):
            for inner, one in enumerate(entry if isinstance(entry, list) else [entry]):
                places[number, len(flat)] = f"{index}/{inner}" if isinstance(entry, list) else str(index)
                flat.append(one)
        changed.append({**annotation, "result": flat})
    return msgspec.structs.replace(item, value={**item.value, "annotations": changed}, places=places)


def _entries(item: Item) -> Iterator[tuple[int, int, Any]]:
    annotations = item.value.get("annotations")
    for number, annotation in enumerate(annotations if isinstance(annotations, list) else []):
        for index, entry in enumerate(works(annotation)):
            yield number, index, entry


def _place(item: Item, number: int, index: int) -> str:
    """Return where in the file an entry stands."""
    place = item.places.get((number, index), str(index))
    if place.startswith("/"):
        return item.pointer + place
    name = item.names.get(f"annotations/{number}")
    if name is not None:
        return f"{item.pointer}{f'/{name}' if name else ''}/result/{place}"
    return f"{item.pointer}/{item.names.get('annotations', 'annotations')}/{number}/result/{place}"


def _offsets(value: dict[str, Any]) -> tuple[int, int] | None:
    offsets = []
    for key in ("start", "end"):
        said = value.get(key)
        if isinstance(said, str) and re.fullmatch("[0-9]{1,12}", said):
            said = int(said)
        if isinstance(said, bool) or not isinstance(said, int | float) or said != int(said):
            return None
        offsets.append(int(said))
    return offsets[0], offsets[1]


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a span without white space at its edges."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _rank(annotation: dict[str, Any]) -> tuple[bool, datetime]:
    return annotation.get("ground_truth") is True, moment(annotation.get("updated_at")) or _NEVER


def _sentences(text: str, language: str, spans: list[tuple[int, int]]) -> tuple[Sentence, ...]:
    """Return the sentences of a text; those that a span goes across are one, and in other languages each line is."""
    parts: list[Sentence] = []
    if language == "vi":
        parts = list(sentences(text))
    else:
        at = 0
        for line in text.split("\n"):
            parts.append(Sentence(at, at + len(line)))
            at += len(line) + 1
    crossed = sorted(spans)
    whole: list[Sentence] = []
    furthest = index = 0
    for part in parts:
        if whole and furthest > part.start and "\n" not in text[whole[-1].end : part.start]:
            whole[-1] = Sentence(whole[-1].start, part.end)
        else:
            whole.append(part)
        while index < len(crossed) and crossed[index][0] < part.end:
            furthest = max(furthest, crossed[index][1])
            index += 1
    return tuple(whole)
