// Every operation in scope by AWS's JavaScript SDK, which refuses answers that botocore lets pass.
import assert from "node:assert/strict";
import test from "node:test";
import * as sdk from "@aws-sdk/client-sesv2";

const { ENDPOINT, ACCESS_KEY_ID, SECRET_ACCESS_KEY, SOURCE } = process.env;
const client = new sdk.SESv2Client({
  region: "eu-west-3",
  endpoint: ENDPOINT,
  maxAttempts: 1,
  credentials: { accessKeyId: ACCESS_KEY_ID, secretAccessKey: SECRET_ACCESS_KEY },
});
const call = (operation, input = {}) => client.send(new sdk[`${operation}Command`](input));
const ContactListName = "js";
const ResourceArn = `arn:aws:ses:eu-west-3:123456789012:contact-list/${ContactListName}`;
const sports = { TopicName: "Sports", DisplayName: "Sports", DefaultSubscriptionStatus: "OPT_IN" };

async function all(paginate, input, member) {
  const found = [];
  for await (const page of paginate({ client, pageSize: 2 }, input)) found.push(...(page[member] ?? []));
  return found;
}

async function refused(operation, input, name, status) {
  await assert.rejects(call(operation, input), (error) => {
    assert.ok(error instanceof sdk.SESv2ServiceException, String(error));
    assert.equal(error.name, name);
    assert.equal(error.$metadata.httpStatusCode, status);
    assert.ok(error.message);
    assert.ok(error.$metadata.requestId);
    return true;
  });
}

test("a contact list", async () => {
  await call("CreateContactList", {
    ContactListName, Topics: [sports], Description: "by JavaScript", Tags: [{ Key: "a b", Value: "é" }],
  });
  const shown = await call("GetContactList", { ContactListName });
  assert.ok(shown.CreatedTimestamp instanceof Date && shown.LastUpdatedTimestamp instanceof Date);
  assert.deepEqual(shown.Topics, [sports]);
  assert.deepEqual(shown.Tags, [{ Key: "a b", Value: "é" }]);
  await call("UpdateContactList", { ContactListName, Topics: [sports], Description: "changed" });
  const lists = await all(sdk.paginateListContactLists, {}, "ContactLists");
  assert.deepEqual(lists.map((one) => one.ContactListName), [ContactListName]);
  await refused("CreateContactList", { ContactListName: "second" }, "BadRequestException", 400);
  await refused("GetContactList", { ContactListName: "nope" }, "NotFoundException", 404);
});

test("contacts, and pages of them", async () => {
  const emails = ["a+b@example.com", "o'brien@example.com", "sales/uk@example.com", "é@example.com", "z@example.com"];
  for (const EmailAddress of emails) {
    await call("CreateContact", { ContactListName, EmailAddress, AttributesData: '{"Name": "Jane"}' });
    const shown = await call("GetContact", { ContactListName, EmailAddress });
    assert.equal(shown.EmailAddress, EmailAddress);
    assert.equal(shown.AttributesData, '{"Name": "Jane"}');
    assert.equal(shown.UnsubscribeAll, false);
    assert.ok(shown.CreatedTimestamp instanceof Date && !Number.isNaN(shown.CreatedTimestamp.getTime()));
  }
  await refused("CreateContact", { ContactListName, EmailAddress: emails[0] }, "AlreadyExistsException", 400);
  const listed = await all(sdk.paginateListContacts, { ContactListName }, "Contacts");
  assert.deepEqual(listed.map((one) => one.EmailAddress).sort(), [...emails].sort());
  assert.ok(listed.every((one) => one.LastUpdatedTimestamp instanceof Date));

  await call("UpdateContact", {
    ContactListName, EmailAddress: emails[0], UnsubscribeAll: true,
    TopicPreferences: [{ TopicName: "Sports", SubscriptionStatus: "OPT_OUT" }],
  });
  const out = await all(sdk.paginateListContacts, {
    ContactListName,
    Filter: { FilteredStatus: "OPT_OUT", TopicFilter: { TopicName: "Sports", UseDefaultIfPreferenceUnavailable: true } },
  }, "Contacts");
  assert.deepEqual(out.map((one) => one.EmailAddress), [emails[0]]);

  await call("DeleteContact", { ContactListName, EmailAddress: emails[1] });
  await refused("GetContact", { ContactListName, EmailAddress: emails[1] }, "NotFoundException", 404);
});

test("suppressed destinations", async () => {
  for (const name of ["x", "y", "w"]) {
    await call("PutSuppressedDestination", { EmailAddress: `${name}@example.com`, Reason: "COMPLAINT" });
  }
  const one = await call("GetSuppressedDestination", { EmailAddress: "x@example.com" });
  assert.equal(one.SuppressedDestination.Reason, "COMPLAINT");
  assert.ok(one.SuppressedDestination.LastUpdateTime instanceof Date);
  const asked = { Reasons: ["COMPLAINT", "BOUNCE"], StartDate: new Date("2024-01-02T03:04:05Z") };
  const listed = await all(sdk.paginateListSuppressedDestinations, asked, "SuppressedDestinationSummaries");
  assert.equal(listed.length, 3);
  await call("DeleteSuppressedDestination", { EmailAddress: "x@example.com" });
  await refused("GetSuppressedDestination", { EmailAddress: "x@example.com" }, "NotFoundException", 404);
});

test("the account", async () => {
  await call("PutAccountSuppressionAttributes", { SuppressedReasons: ["BOUNCE"] });
  const shown = await call("GetAccount");
  assert.deepEqual(shown.SuppressionAttributes.SuppressedReasons, ["BOUNCE"]);
});

test("tags", async () => {
  await call("TagResource", { ResourceArn, Tags: [{ Key: "owner", Value: "us" }] });
  await call("UntagResource", { ResourceArn, TagKeys: ["a b"] });
  assert.deepEqual((await call("ListTagsForResource", { ResourceArn })).Tags, [{ Key: "owner", Value: "us" }]);
  await refused("ListTagsForResource", { ResourceArn: `${ResourceArn}-nope` }, "NotFoundException", 404);
});

test("import jobs", async () => {
  const { JobId } = await call("CreateImportJob", {
    ImportDestination: { ContactListDestination: { ContactListName, ContactListImportAction: "PUT" } },
    ImportDataSource: { S3Url: SOURCE, DataFormat: "CSV" },
  });
  let job;
  for (let turn = 0; turn < 300; turn += 1) {
    job = await call("GetImportJob", { JobId });
    if (["COMPLETED", "FAILED"].includes(job.JobStatus)) break;
    await new Promise((done) => setTimeout(done, 100));
  }
  assert.equal(job.JobStatus, "COMPLETED", JSON.stringify(job));
  assert.deepEqual([job.ProcessedRecordsCount, job.FailedRecordsCount], [2, 0]);
  assert.ok(job.CreatedTimestamp instanceof Date && job.CompletedTimestamp instanceof Date);
  const jobs = await all(sdk.paginateListImportJobs, { ImportDestinationType: "CONTACT_LIST" }, "ImportJobs");
  assert.deepEqual(jobs.map((one) => one.JobId), [JobId]);
  const shown = await call("GetContact", { ContactListName, EmailAddress: "jane.smith@example.com" });
  assert.equal(shown.UnsubscribeAll, true);
});

test("the end of the list", async () => {
  await call("DeleteContactList", { ContactListName });
  await refused("ListContacts", { ContactListName }, "NotFoundException", 404);
});
