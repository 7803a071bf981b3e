"""Sheets of a plan for paper: a page for the shift and one for each unit, as HTML and as PDF.

`sheet` says what a sheet is, `of_plan` makes those of a plan, `as_html` and `as_pdf` show them; both show the same
text, as they are given the same sheets.  The words of each language are in `solver.export.sheet_words`.
"""
