"""A running Label Studio: up and down, articles out to annotators, their work back, adjudication of layers.

Not what an export means (`vinese.formats.labelstudio`), nor where layers differ (`vinese.compare`). One project a
layer keeps layers blind to each other. From the ground up:

- `folder`: where the server, its secrets and its data are kept
- `environment`: the server's own virtual environment, apart from the user's
- `process`, `server`: the server's process; up, down, status
- `connection`: one Label Studio, own or elsewhere, and its errors by name; the one importer of label-studio-sdk
- `addresses`: where the projects of a corpus' layers are
- `project`: the project of a layer: its screen, found again, made, brought up to date
- `layer_file`: what earlier pulls wrote
- `changes`, `losses`: what became of an annotation since; what the server lost, and the log of it
- `tasks`: articles as tasks, what is on the server already, the sending of what it lacks
- `selection`: which articles a layer gets
- `push`, `suggest`: articles and suggestions to a layer's project
- `assign`, `invite`: articles over the layers of several annotators, and what to write to them
- `pseudonyms`: who is behind an annotator's name, and tasks without personal data
- `progress`: how far each layer and annotator is
- `snapshot`: all tasks of a project at one moment
- `mend`: what is wrong with the work, on the tasks themselves
- `pull`, `layer_writer`: a layer's work to a file
- `adjudicate`, `gold`: a project where one person decides between layers; what was decided, when it is pulled
"""
