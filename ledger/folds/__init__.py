"""Pure folds: a state and records in, a state and an answer out.  They read no file and no clock (architecture, 1).

A record comes as a :class:`~ledger.core.state.Sourced`, so that an answer can say where it stands.
"""
