"""The commands `gb` and `gb-ledger`: parse, call the library, render.  No rule of the business lives here."""
