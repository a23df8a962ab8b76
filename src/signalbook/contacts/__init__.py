"""Contacts: one customer each, known by e-mail, mobile number or your own id.

Any one identifier is enough and each is unique in its account. Everything else lives in fields,
tags and the timeline. Every change goes through one verb, `actions.apply`, in batches.
"""
