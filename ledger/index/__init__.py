"""The index: a disposable SQLite projection of the text, so that the counter need not fold a book for every sale.

It holds nothing that the text does not say; it may be deleted or damaged at any time (D7).
"""
