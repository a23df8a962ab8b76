"""Opt-outs: the append-only ledger of who may not be reached, by channel and address.

It stands below contacts and knows only addresses, so that an opt-out survives the deletion and
the re-import of the contact. An upsert or an import can add a restriction and never lifts one
that the person, a bounce or a complaint has made.
"""
