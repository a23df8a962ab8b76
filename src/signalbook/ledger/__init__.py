"""The ledger of opt-outs: who may not be reached, by channel and address, append-only.

It stands below contacts and knows only addresses, so that an opt-out survives the deletion and
the re-import of the contact. What people see and do with it is `optouts`, above contacts. An
upsert or an import can add a restriction and never lifts one that the person, a bounce or a
complaint has made.
"""
