"""The archive of runs: a folder a run, written whole or not at all, read across runs.

* ``provenance``: code, packages and machine that a run came from
* ``objects``: input files, kept once by their SHA-256
* ``manifest``: what a run was asked for and what it wrote
* ``runs``: runs come in under a temporary name, are renamed when whole, listed and read
* ``reruns``: a run repeated from what the archive holds, and what differs
"""
