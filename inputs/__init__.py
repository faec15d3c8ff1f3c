"""What comes in: the case format, declared once, and reading and checking it.

* ``format``: the words a case is written in, the declaration of every table, files as raw text,
  text to typed columns, and findings: what is wrong with a case, and how to mend it
* ``files``: names and places of files on any system, files that appear whole
* ``regions``: the region tree
* ``settings``: case.toml and the scheme files, as declared
* ``rules``: schemes and their benefit rules by region and year, and levers that change them
* ``checks``: what must hold across tables
* ``case``: a checked case, its assumptions by their path, policies laid over it, variations
* ``template``: workbooks and the page on the case format
* ``folders``: case folders
* ``new``: a case without rows, to start from
* ``tidy``: tables in common layouts as the tables of a case

Beside them stand the folders of the bundled cases and of the national figures they share; what
derives their tables from published figures is in ``fundpool.building``.
"""
