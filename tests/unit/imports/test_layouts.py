import pytest

from signalbook.imports import guessing, layouts
from signalbook.imports.model import Source

EXPORTS = {
    "Amazon SES": (
        "emailAddress,unsubscribeAll,attributesData",
        "email,optout,attributes",
    ),
    "Mailchimp": (
        (
            "Email Address,First Name,Last Name,Address,Phone Number,MEMBER_RATING,OPTIN_TIME,"
            "OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,TIMEZONE,CC,REGION,LAST_CHANGED,"
            "LEID,EUID,TAGS"
        ),
        (
            "email,field:first_name,field:last_name,field:address1,field:phone,field:member_rating,"
            "ignore,ignore,ignore,ignore,field:latitude,field:longitude,field:timezone,field:country,"
            "field:state,ignore,ignore,ignore,tags"
        ),
    ),
    "HubSpot": (
        (
            "Record ID,First Name,Last Name,Email,Phone Number,Mobile Phone Number,Lifecycle Stage,"
            "Create Date,Unsubscribed from all email"
        ),
        (
            "external_id,field:first_name,field:last_name,email,field:phone,mobile,"
            "field:lifecycle_stage,field:create_date,optout:email"
        ),
    ),
    "Brevo": (
        "CONTACT ID,EMAIL,FIRSTNAME,LASTNAME,SMS,EMAIL_BLACKLISTED,SMS_BLACKLISTED,ADDED_TIME",
        "external_id,email,field:first_name,field:last_name,mobile,optout:email,optout:sms,ignore",
    ),
    "SendGrid": (
        (
            "EMAIL,FIRST_NAME,LAST_NAME,ADDRESS_LINE_1,CITY,STATE_PROVINCE_REGION,POSTAL_CODE,COUNTRY,"
            "ALTERNATE_EMAILS,CONTACT_ID,LISTS,CREATED_AT"
        ),
        (
            "email,field:first_name,field:last_name,field:address1,field:city,field:state,"
            "field:zipcode,field:country,field:alternate_emails,external_id,list,ignore"
        ),
    ),
    "Klaviyo": (
        (
            "Email,Klaviyo ID,First Name,Last Name,Organization,Title,Phone Number,Address,City,"
            "Zip Code,Email Marketing Consent,SMS Marketing Consent"
        ),
        (
            "email,external_id,field:first_name,field:last_name,field:company,field:civility,mobile,"
            "field:address1,field:city,field:zipcode,status:email,status:sms"
        ),
    ),
    "Salesforce": (
        "Id,FirstName,LastName,Email,Phone,MobilePhone,MailingCity,HasOptedOutOfEmail,DoNotCall",
        (
            "external_id,field:first_name,field:last_name,email,field:phone,mobile,field:city,"
            "optout:email,optout:voice"
        ),
    ),
    "Shopify": (
        (
            "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Company,Address1,City,"
            "Province,Country,Zip,Phone,Accepts SMS Marketing,Total Spent,Tags"
        ),
        (
            "external_id,field:first_name,field:last_name,email,status:email,field:company,"
            "field:address1,field:city,field:state,field:country,field:zipcode,mobile,status:sms,"
            "field:total_spent,tags"
        ),
    ),
    "Digitaleo": (
        "civility,firstName,lastName,mobile,phone,email,address1,zipcode,city,birthDate,reference",
        (
            "field:civility,field:first_name,field:last_name,mobile,field:phone,email,field:address1,"
            "field:zipcode,field:city,field:birth_date,field:reference"
        ),
    ),
    "Sendmator": (
        "external_id,email,first_name,is_unsubscribed,is_active,custom_fields",
        "external_id,email,field:first_name,optout,is_active,attributes",
    ),
    "Send With SES": (
        "email,full_name,mobile,dob,gender,city,country,add_tags,remove_tags",
        (
            "email,field:full_name,mobile,field:birth_date,field:gender,field:city,field:country,tags,"
            "ignore"
        ),
    ),
    "Signalbook": (
        "id,email,mobile,external_id,first_name,Loyalty Points,tags,status,created_at,metadata",
        (
            "ignore,email,mobile,external_id,field:first_name,field:Loyalty Points,tags,status,"
            "ignore,metadata"
        ),
    ),
}


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_is_recognised_and_mapped(name):
    header, targets = (texts.split(",") for texts in EXPORTS[name])

    layout = layouts.recognise(header)
    columns = guessing.guess(Source(kind="csv", columns=header), ())

    assert layout.name == name
    assert [one.target for one in columns] == targets


@pytest.mark.parametrize("name", EXPORTS)
def test_the_order_of_its_columns_does_not_matter(name):
    header = EXPORTS[name][0].split(",")

    assert layouts.recognise(header[::-1]).name == name


def test_any_other_header_is_nobodys():
    assert layouts.recognise(["email", "first_name", "city"]) is None
    assert layouts.recognise([]) is None


def test_a_header_is_remembered_whatever_its_case_and_accents():
    known = layouts.fingerprint(["E-mail", "Prénom"])

    assert layouts.fingerprint(["EMAIL ", "prenom"]) == known
    assert layouts.fingerprint(["Prénom", "E-mail"]) != known  # a mapping goes by place


def test_our_finer_word_on_opt_outs_counts():
    header = ["id", "email", "status", "email_optout", "sms_optout", "created_at"]

    assert layouts.recognise(header).meanings(header) == {
        0: "ignore", 1: "email", 2: "is_active", 3: "optout:email", 4: "optout:sms", 5: "ignore",
    }  # fmt: skip


def test_a_table_of_users_is_not_taken_for_our_own_export():
    header = ["id", "email", "name", "unsubscribed", "created_at", "updated_at"]

    assert layouts.recognise(header) is None
    targets = [one.target for one in guessing.guess(Source(kind="csv", columns=header), ())]
    assert targets[1:4] == ["email", "field:full_name", "optout"]


def test_the_contacts_of_an_api_keep_their_opt_outs_and_fields():
    header = ["id", "email", "is_active", "is_unsubscribed", "unsubscribed_at", "custom_fields",
              "metadata", "created_at"]  # fmt: skip

    columns = guessing.guess(Source(kind="json", columns=header), ())

    assert [one.target for one in columns] == [
        "ignore", "email", "is_active", "optout", "optout", "attributes", "metadata", "ignore",
    ]  # fmt: skip


def test_a_field_called_like_the_name_of_a_field_goes_back_by_its_name():
    header = ["id", "email", "sms_optout", "created_at", "field:status", "field:x", "'=1"]

    own = layouts.recognise(header)

    assert [*own.meanings(header).values()][-3:] == ["field:status", "field:field:x", "field:=1"]
    assert own.meanings(header, is_json=True)[6] == "field:'=1"


def test_a_name_and_a_mobile_phone_are_not_yet_salesforce():
    outlook = ["First Name", "Last Name", "E-mail Address", "Mobile Phone", "Business City"]

    assert layouts.recognise(outlook) is None
