"""Read and write annotation formats, one folder a format, and validate and convert files whatever they hold."""
