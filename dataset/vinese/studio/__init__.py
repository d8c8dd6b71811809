"""Run Label Studio and move work in and out of it, one project a layer, so that layers stay blind.

- `folder`: where the server, its secrets and its data are kept
- `environment`: the server's own virtual environment, apart from the user's
- `process`: the server's process: start, find again, end
- `server`: up, down, status
- `connection`: one Label Studio, own or elsewhere, and its errors by name
- `project`: the project of a layer: found, made, configured
- `tasks`: articles as tasks, and what is on the server already
- `push`: articles and suggestions to a layer's project
- `snapshot`: a project's whole state as one file
- `scrub`: what of it is kept, without personal data
- `pull`: a layer's work to a file
- `adjudicate`: layers to a project where one person decides between them
- `gold`: what that person decided, when it is pulled

Label Studio's client costs two seconds to import; every function here imports it when it talks to a server.
"""

from __future__ import annotations
