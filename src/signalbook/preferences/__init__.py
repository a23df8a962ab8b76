"""Public pages: where the person reached says what they want, by a signed link and nothing else.

Who holds a link of ours needs no account, no cookie and no script. A link carries whom it is about
and what it is for, under a key of the account, and works for years. Looking at a page changes
nothing; what somebody chooses goes into the ledger of opt-outs as their own wish, with its proof.
"""
