"""What a connection may do at AWS, as a policy of IAM to copy; no I/O."""

import json
from typing import Any, Final

_ON_THE_LIST: Final = (
    "GetContactList",
    "UpdateContactList",
    "ListContacts",
    "GetContact",
    "CreateContact",
    "UpdateContact",
    "DeleteContact",
)
_IN_GENERAL: Final = ("ListContactLists",)
_IN_BULK: Final = ("CreateImportJob", "GetImportJob", "ListImportJobs")


def text(region: str, list_name: str, bucket: str = "") -> str:
    """Write the policy for a list, and for the bucket through which many changes go at once."""
    name = f"arn:aws:ses:{region or '*'}:*:contact-list/{list_name or '*'}"
    statements = [
        _allow("ContactsOfTheList", [f"ses:{one}" for one in _ON_THE_LIST], name),
        _allow("WhatThereIs", [f"ses:{one}" for one in _IN_GENERAL], "*"),
    ]
    if bucket:
        folder = f"arn:aws:s3:::{bucket.strip('/')}/*"
        statements += [
            _allow("ManyAtOnce", [f"ses:{one}" for one in _IN_BULK], "*"),
            _allow("TheirFiles", ["s3:PutObject", "s3:GetObject", "s3:DeleteObject"], folder),
        ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=2)


def _allow(sid: str, actions: list[str], resource: str) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resource}
