"""The connection of an account to a real AWS SES contact list: who leads, what waits, what came.

In every mode an opt-out on either side wins, what others keep in a contact's attributes stays, and
what waits for SES is a row that was written together with the change itself (`outbox`).
"""
