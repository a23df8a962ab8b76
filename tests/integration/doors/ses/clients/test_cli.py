"""The `aws` program itself against a real server, with a profile and `--endpoint-url`, no more.

The commands are those of Sendbase's page, copied with their placeholders filled in.
"""

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.served import Served, serving

pytestmark = pytest.mark.xdist_group("aws-cli")

PLACE = {"<your-region>": "eu-central-1", "<your-contact-list-name>": "my-list"}
LIST_CONTACTS = """
aws sesv2 list-contacts \\
  --region "<your-region>" \\
  --contact-list-name "<your-contact-list-name>"
"""
GET_CONTACT = """
aws sesv2 get-contact \\
  --region "<your-region>" \\
  --contact-list-name "<your-contact-list-name>" \\
  --email-address "<email-address>"
"""
CREATE_CONTACT = """
aws sesv2 create-contact \\
  --region "<your-region>" \\
  --contact-list-name "<your-contact-list-name>" \\
  --email-address "<email-address>" \\
  --attributes-data '{"<key>": "<value>"}'
"""
UPDATE_CONTACT = """
aws sesv2 update-contact \\
  --region "<your-region>" \\
  --contact-list-name "<your-contact-list-name>" \\
  --email-address "<email-address>" \\
  --attributes-data '{"<key>": "<value>"}'
"""
DELETE_CONTACT = """
aws sesv2 delete-contact \\
  --region "<your-region>" \\
  --contact-list-name "<your-contact-list-name>" \\
  --email-address "<email-address>"
"""
CSV = """emailAddress,unsubscribeAll,attributesData
john.doe@example.com,false,"{""Name"": ""John"", ""Company"": ""ACM Inc""}"
jane.smith@example.com,true,"{""Name"": ""Jane"", ""Company"": null}"
"""
JSON = r"""{
     "emailAddress": "john.deo@example.com",
     "unsubscribeAll": false,
     "attributesData": "{\"Name\":\"John\"}"
}
{
     "emailAddress": "jane.smith@example.com",
     "unsubscribeAll": true,
}
"""

Aws = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the server may import from, with the page's sample files."""
    folder = tmp_path_factory.mktemp("files")
    (folder / "contacts.csv").write_text(CSV, encoding="utf-8")
    (folder / "contacts.json").write_text(JSON, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def served(files: Path) -> Iterator[Served]:
    with serving(SIGNALBOOK_LOG_LEVEL="warning", SIGNALBOOK_SES_FILES=str(files)) as server:
        yield server


@pytest.fixture(scope="module")
def aws(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    """Run a command of the `aws` program as somebody does who configured a profile."""
    home = tmp_path_factory.mktemp("home")
    key = json.loads(served.cli("key", "create", "--kind", "ses", "--json"))
    (home / "config").write_text("[profile signalbook]\noutput = json\n", encoding="utf-8")
    (home / "credentials").write_text(
        f"[signalbook]\naws_access_key_id = {key['access_key_id']}\n"
        f"aws_secret_access_key = {key['secret_access_key']}\n",
        encoding="utf-8",
    )
    kept = {name: text for name, text in os.environ.items() if not name.startswith("AWS_")}
    environ = kept | {
        "AWS_CONFIG_FILE": str(home / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(home / "credentials"),
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_PAGER": "",
    }

    def run(command: str, **places: str) -> subprocess.CompletedProcess[str]:
        for name, value in {**PLACE, **places}.items():
            command = command.replace(name, value)
        words = shlex.split(command.replace("\\\n", " "))
        assert words.pop(0) == "aws"
        chosen = ["--endpoint-url", served.url, "--profile", "signalbook", *words]
        if "--region" not in words:
            chosen += ["--region", PLACE["<your-region>"]]
        output, complaints = home / "output", home / "complaints"
        print(json.dumps([chosen, str(output), str(complaints)]), file=program.stdin, flush=True)
        code = int(program.stdout.readline())
        return subprocess.CompletedProcess(
            chosen, code, output.read_text("utf-8"), complaints.read_text("utf-8")
        )

    with subprocess.Popen(
        [sys.executable, "-m", "tests.aws_program"],
        env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as program:  # fmt: skip
        yield run
        program.stdin.close()


@pytest.fixture(scope="module")
def listed(aws: Aws) -> Aws:
    """The same, with a contact list in its region."""
    made = aws("aws sesv2 create-contact-list --contact-list-name <your-contact-list-name>")
    assert (made.returncode, made.stdout) == (0, ""), made.stderr
    return aws


def told(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) if done.stdout.strip() else {}


def of(email: str, **places: str) -> dict[str, str]:
    return {"<email-address>": email, "<key>": "Name", "<value>": "Jane", **places}


def test_every_command_of_the_page_works_as_it_stands(listed: Aws) -> None:
    jane = "jane+news@example.com"
    assert told(listed(CREATE_CONTACT, **of(jane))) == {}
    shown = told(listed(GET_CONTACT, **of(jane)))
    assert shown["ContactListName"] == PLACE["<your-contact-list-name>"]
    assert (shown["EmailAddress"], shown["AttributesData"]) == (jane, '{"Name": "Jane"}')
    assert shown["CreatedTimestamp"]
    assert jane in {one["EmailAddress"] for one in told(listed(LIST_CONTACTS))["Contacts"]}

    changed = of(jane, **{"<key>": "Company", "<value>": "ACM Inc"})
    assert told(listed(UPDATE_CONTACT, **changed)) == {}
    shown = told(listed(GET_CONTACT, **of(jane)))
    assert shown["AttributesData"] == '{"Company": "ACM Inc"}'

    assert told(listed(DELETE_CONTACT, **of(jane))) == {}
    gone = listed(GET_CONTACT, **of(jane))
    assert gone.returncode in {254, 255}
    assert gone.stderr.strip().endswith(
        "An error occurred (NotFoundException) when calling the GetContact operation:"
        f" {jane} doesn't exist in List."
    )


def test_an_odd_address_passes_through_a_real_server(listed: Aws) -> None:
    odd = "sales/uk+b%2F'é@example.com"

    assert told(listed(CREATE_CONTACT, **of(odd))) == {}

    assert told(listed(GET_CONTACT, **of(odd)))["EmailAddress"] == odd


@pytest.mark.parametrize(
    ("name", "form", "john"),
    [
        ("contacts.csv", "CSV", "john.doe@example.com"),
        ("contacts.json", "JSON", "john.deo@example.com"),
    ],
)
def test_the_sample_files_of_the_page_are_imported(
    listed: Aws, files: Path, name: str, form: str, john: str
) -> None:
    source = json.dumps({"S3Url": (files / name).as_uri(), "DataFormat": form})
    action = {"ContactListName": "my-list", "ContactListImportAction": "PUT"}
    destination = json.dumps({"ContactListDestination": action})

    job = told(
        listed(
            "aws sesv2 create-import-job"
            f" --import-destination {shlex.quote(destination)}"
            f" --import-data-source {shlex.quote(source)}"
        )
    )["JobId"]
    state: dict[str, Any] = {}
    for _ in range(30):
        state = told(listed(f"aws sesv2 get-import-job --job-id {job}"))
        if state["JobStatus"] in {"COMPLETED", "FAILED"}:
            break
        time.sleep(0.5)

    assert state["JobStatus"] == "COMPLETED"
    assert (state["ProcessedRecordsCount"], state["FailedRecordsCount"]) == (2, 0)
    jane = told(listed(GET_CONTACT, **of("jane.smith@example.com")))
    assert jane["UnsubscribeAll"] is True
    assert json.loads(told(listed(GET_CONTACT, **of(john)))["AttributesData"])["Name"] == "John"


def test_the_other_commands_work_too(listed: Aws) -> None:
    name = PLACE["<your-contact-list-name>"]
    arn = f"arn:aws:ses:eu-central-1:123456789012:contact-list/{name}"
    topic = "TopicName=Sports,DisplayName=Sports,DefaultSubscriptionStatus=OPT_IN"
    for command in (
        f"aws sesv2 update-contact-list --contact-list-name {name} --topics {topic}",
        f"aws sesv2 tag-resource --resource-arn {arn} --tags Key=team,Value=blue",
        "aws sesv2 put-suppressed-destination --email-address s@example.com --reason BOUNCE",
    ):
        assert told(listed(command)) == {}

    shown = told(listed(f"aws sesv2 get-contact-list --contact-list-name {name}"))
    assert shown["Topics"][0]["TopicName"] == "Sports"
    assert shown["Tags"] == [{"Key": "team", "Value": "blue"}]
    listing = "aws sesv2 list-suppressed-destinations --start-date 2024-01-02T03:04:05Z"
    assert len(told(listed(listing))["SuppressedDestinationSummaries"]) == 1


def test_what_is_wrong_is_told_in_the_words_of_aws(listed: Aws) -> None:
    second = listed("aws sesv2 create-contact-list --contact-list-name second")

    assert second.returncode in {254, 255}
    assert second.stderr.strip().endswith(
        "An error occurred (BadRequestException) when calling the CreateContactList operation:"
        " A maximum of 1 Lists allowed per account."
    )
