"""What comes in: the case format, declared once, and reading and checking it.

* ``vocabulary``: the words a case is written in
* ``tables``: the declaration of every table
* ``findings``: what is wrong with a case, and how to mend it
* ``sources``: the raw text of a case folder or workbook
* ``columns``: text to typed columns
* ``settings``, ``schemes``: case.toml and the scheme files
* ``assumptions``: assumptions by their path
* ``regions``: the region tree
* ``checks``: what must hold across tables
* ``case``: a checked case
* ``template``: workbooks, the page on the case format, copies of bundled cases
* ``building``: derives the tables of a case from published figures
"""
