"""Make a project of somebody else's annotation: ontology, mapping, articles and layers."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import msgspec

from vinese.core.errors import FileProblemError, UsageError
from vinese.core.files import read_record, reason, record_bytes, text_digest, write_bytes
from vinese.core.issues import Issue, issue
from vinese.core.progress import Progress, silent
from vinese.core.project import Project
from vinese.core.schemas import list_under
from vinese.core.workplace import keeping_work_folders
from vinese.corpus.layers import Annotator, Layer, is_name, load_layers
from vinese.formats.foreign import LeftOut, entries_of, tasks_in
from vinese.formats.foreign_articles import ForeignArticles, ForeignTask
from vinese.formats.foreign_entries import Mapped
from vinese.formats.format import Item
from vinese.formats.labelstudio.annotation import annotator
from vinese.formats.labelstudio.mend import mend
from vinese.formats.labelstudio.task import TaskReader, rank
from vinese.formats.labelstudio.write import document_to_task
from vinese.formats.ledger import Counts, entry_kind, works
from vinese.formats.mapping import Mapping, extend, load_mapping, proposed, write_schema
from vinese.formats.registry import format_of
from vinese.formats.survey import Survey, live, read_config, survey
from vinese.model.ontology import Ontology
from vinese.model.ontology_file import load_ontology
from vinese.model.records import Article, Document

_WRITTEN = ("annotations", "schema")


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
        The name of the layer, if the file is one annotator's work; by default that of the first file's, which is
        called like the file. Another annotator's file needs one of its own.
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
        self.left = LeftOut(str(source))
        self.kept: set[tuple[int, int, int]] = set()
        self.article: Article | None = None
        self.layer: str | None = None
        self.shown_as: tuple[str, ...] = ()
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
        self.layer = layer
        config = read_config(config_path) if config_path is not None else None
        self.progress(f"reading {self.source}", 0, None)
        form = format_of(self.source)
        self.tool = form.name
        items = list(tasks_in(self.source, form, self.issues))
        contents = survey(items, config, text or (mapping.text if mapping else None))
        mapping = mapping or proposed(self.source, contents, layer)
        mapping.language = language or (mapping.language if mapping.language != "und" else contents.language)
        self.shown_as = contents.shown_as
        for item in items:
            for _, annotation in live(item.value):
                self._layer(annotation, mapping)
        added = extend(mapping, contents, config)
        report = InitReport(
            project=str(self.project.root), source=str(self.source), format=form.name, mapping=mapping, found=contents
        )
        report.added, report.held = tuple(added), contents.held
        if not any(name for labels in mapping.labels.values() for name in labels.values()) or contents.text is None:
            self._nothing(items, contents)
        else:
            write_schema(self.project, mapping, config)
            self._layers(items, mapping, report)
        self._balance(items, report)
        report.issues = (*self.issues, *self.left.issues())
        return report

    def _article_of(self, _article_id: str) -> Article | None:
        """Return the article of the task that is being read."""
        return self.article

    def _nothing(self, items: list[Item], contents: Survey) -> None:
        if not items and any(told.level == "error" for told in self.issues):
            return  # the file itself was not read, and why is told
        why = "no region is a span of text with a label" if contents.text is not None else "no data holds a text"
        self.issues.append(issue("init-empty", file=str(self.source), why=why))
        for item in items:
            self.left.task(item, why)

    def _layers(self, items: list[Item], mapping: Mapping, report: InitReport) -> None:
        articles = ForeignArticles(
            self.project,
            mapping,
            shown_as=self.shown_as,
            issues=self.issues,
            left=self.left,
            progress=self.progress,
        )
        tasks = list(articles.tasks(items))
        report.articles, report.new_articles = articles.articles, articles.new_articles
        chosen: dict[str, dict[str, tuple[ForeignTask, int]]] = defaultdict(dict)
        for task in tasks:
            for number, annotation in live(task.item.value):
                name = self._layer(annotation, mapping)
                before = chosen[name].get(task.article.id)
                loser = None if before is None else (task, number)
                if before is None or rank(annotation) >= rank(before[0].item.value["annotations"][before[1]]):
                    chosen[name][task.article.id], loser = (task, number), before
                if loser is not None:
                    self.left.annotation(
                        loser[0].item, loser[1], f"layer {name} keeps another annotation of the same text"
                    )
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
        default = layers.default or max(report.layers, key=lambda layer_name: report.layers[layer_name], default=None)
        layers = msgspec.structs.replace(layers, independent=both if len(both) > 1 else (), default=default)
        value = {key: part for key, part in msgspec.to_builtins(layers).items() if part not in (None, [], ())}
        value.pop("$schema", None)
        path = self.project.own("annotations", "layers.json")
        write_bytes(path, record_bytes(value))

    def _layer(self, annotation: dict[str, Any], mapping: Mapping) -> str:
        """Return the layer of an annotation, and give its annotator a pseudonym."""
        if mapping.layers != "annotator":
            return self.layer or mapping.layer
        maker = annotation.get("completed_by")
        key = annotator(maker)
        if key is None or not is_name(key):
            # An address or a name stands nowhere but as a digest, by which the next export finds the same layer.
            key = text_digest(repr(maker))[:12] if maker is not None else "unknown"
        if key not in mapping.annotators:
            mapping.annotators[key] = key if key != "unknown" and key.startswith("annotator-") else (
                f"annotator-{len(mapping.annotators) + 1}"
            )  # fmt: skip
        return mapping.annotators[key]

    def _document(
        self, task: ForeignTask, number: int, layer: str, mapping: Mapping, reader: TaskReader
    ) -> Document | None:
        """Return the document of one annotation, and take note of what of it is kept."""
        annotation = task.item.value["annotations"][number]
        mapped = Mapped(task, number, mapping=mapping, shown_as=self.shown_as, left=self.left)
        article = task.article
        value = {
            "data": {"text": article.text, "title": "", "article_id": article.id, "text_sha256": article.text_sha256},
            "meta": {"tool": self.tool},
            "annotations": [
                {
                    "completed_by": layer if mapping.layers == "annotator" else "unknown",
                    "updated_at": annotation.get("updated_at") or annotation.get("created_at"),
                    "result": mapped.result,
                }
            ],
        }
        item = Item(task.item.pointer, msgspec.json.encode(value), value, places=mapped.places)
        item, _ = mend(item, article.id)
        self.article = article
        document = None
        for result in reader.read(item):
            if isinstance(result, Issue):
                self.issues.append(msgspec.structs.replace(result, file=str(self.source)))
            else:
                document = result
        if document is not None:
            there = {entity.id for entity in document.entities}
            linked = {(relation.source, relation.type, relation.target) for relation in document.relations or ()}
            for index, keys in mapped.names.items():
                if any(key in there or key in linked for key in keys):
                    self.kept.add((id(task.item), number, index))
        return document

    def _write_layer(
        self, name: str, documents: dict[str, Document], ontology: Ontology, tasks: dict[str, ForeignTask]
    ) -> None:
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
        for item in items:
            for number, index, entry in entries_of(item):
                kind = entry_kind(entry)
                if kind is None:
                    continue
                counts = report.kept if (id(item), number, index) in self.kept else report.told
                setattr(counts, kind, getattr(counts, kind) + 1)
            for number, annotation in enumerate(list_under(item.value, "annotations")):
                cancelled = isinstance(annotation, dict) and annotation.get("was_cancelled") is True
                if cancelled and (what := Counts().add(works(annotation))).total():
                    place = f"{item.pointer}/annotations/{number}"
                    self.issues.append(issue("cancelled", file=str(self.source), pointer=place, what=what.said()))
        self.left.unsubmitted(items)
