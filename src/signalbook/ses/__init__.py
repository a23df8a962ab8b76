"""Contact lists in the manner of AWS SES: by region, with topics, over the contacts there are."""
