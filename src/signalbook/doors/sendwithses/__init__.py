"""The Send With SES door: `POST /add-contact`, one call that adds or updates a contact."""
