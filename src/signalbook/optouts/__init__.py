"""Opt-outs as people see them: who may not be reached, why, since when, on whose word.

The ledger below contacts is what is true (`signalbook.ledger`); here it is written to from
outside a contact: restricted, lifted by rule, synchronised with a blocklist, told by the person
(STOP), shown with its history, and asked: why not?
"""
