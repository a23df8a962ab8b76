"""The connection of an account to a real AWS SES contact list: store, mirror or follow."""
