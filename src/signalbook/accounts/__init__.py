"""Accounts: whose contacts they are, who may touch them, and how much.

An account is one customer of this server; people belong to one or more accounts with a role, and
keys belong to one account with scopes. This feature answers one question for everybody above it,
"who is calling?", with a `Caller`, and promises that a revoked key, an ended session or a changed
role counts in every worker within one second.
"""
