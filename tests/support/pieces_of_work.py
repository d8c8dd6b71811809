"""Pieces of work whose cost is known, for the tests of the bench."""

from __future__ import annotations

import time

from bench.measure import Work, processor


def busy(seconds: float) -> Work:
    def run() -> None:
        end = processor() + seconds
        while processor() < end:
            pass

    return Work(run, 10)


def holding(size: int) -> Work:
    def run() -> None:
        held = bytearray(b"x") * size
        time.sleep(0.3)
        del held

    return Work(run, 1, once=True)


def without() -> Work:
    raise ModuleNotFoundError(name="orjson")


def broken() -> Work:
    raise ValueError("what went wrong")
