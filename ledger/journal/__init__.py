"""Records to canonical text and back: file names, the chain, CSV and YAML, strict readers, framing for the writer.

What is written here is read back byte for byte; whatever else stands in a file is a finding with a JRN code, its line
and its bytes, never an exception from a parser.  The format for other programs is ``docs/format.md``.
"""
