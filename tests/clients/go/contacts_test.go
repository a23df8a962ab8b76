// Contacts by AWS's SDK for Go, whose reading of answers is the strictest of all.
package contacts

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"
)

func TestContacts(t *testing.T) {
	ctx := context.Background()
	client := sesv2.New(sesv2.Options{
		Region:       "eu-north-1",
		BaseEndpoint: aws.String(os.Getenv("ENDPOINT")),
		Credentials: credentials.NewStaticCredentialsProvider(
			os.Getenv("ACCESS_KEY_ID"), os.Getenv("SECRET_ACCESS_KEY"), ""),
	})
	list, email := aws.String("go"), aws.String("sales/a+b'é@example.com")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}

	_, err := client.CreateContactList(ctx, &sesv2.CreateContactListInput{ContactListName: list,
		Topics: []types.Topic{{TopicName: aws.String("Sports"), DisplayName: aws.String("Sports"),
			DefaultSubscriptionStatus: types.SubscriptionStatusOptIn}}})
	must(err)
	_, err = client.CreateContact(ctx, &sesv2.CreateContactInput{ContactListName: list,
		EmailAddress: email, AttributesData: aws.String(`{"Name": "Jane"}`)})
	must(err)
	shown, err := client.GetContact(ctx, &sesv2.GetContactInput{ContactListName: list, EmailAddress: email})
	must(err)
	if *shown.EmailAddress != *email || *shown.AttributesData != `{"Name": "Jane"}` || shown.CreatedTimestamp.IsZero() {
		t.Fatalf("not what was made: %+v", shown)
	}
	_, err = client.UpdateContact(ctx, &sesv2.UpdateContactInput{ContactListName: list,
		EmailAddress: email, UnsubscribeAll: true})
	must(err)
	pages := sesv2.NewListContactsPaginator(client, &sesv2.ListContactsInput{ContactListName: list,
		PageSize: aws.Int32(1), Filter: &types.ListContactsFilter{FilteredStatus: types.SubscriptionStatusOptOut}})
	found := 0
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		must(err)
		found += len(page.Contacts)
	}
	if found != 1 {
		t.Fatalf("%d contacts are unsubscribed, not 1", found)
	}
	_, err = client.GetContact(ctx, &sesv2.GetContactInput{ContactListName: list,
		EmailAddress: aws.String("nobody@example.com")})
	var gone *types.NotFoundException
	if !errors.As(err, &gone) {
		t.Fatalf("not a NotFoundException: %v", err)
	}
	_, err = client.DeleteContactList(ctx, &sesv2.DeleteContactListInput{ContactListName: list})
	must(err)
}
