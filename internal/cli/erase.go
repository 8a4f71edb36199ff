package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/jonboulle/clockwork"

	"ringback/internal/app"
	"ringback/internal/limits"
	"ringback/models"
	"ringback/models/audit"
	"ringback/models/erasing"
	"ringback/phone"
)

// byOperator is the actor of what the operator does with a command.
var byOperator = audit.Actor{TokenID: audit.ByOperator}

type eraseCommand struct {
	Phone         string `placeholder:"NUMBER" help:"The person's phone number with + and its country code, such as +12025550123."`
	Email         string `placeholder:"ADDRESS" help:"The person's e-mail address."`
	Site          string `placeholder:"ID" help:"Look on this site only. Without it, the person is erased on all sites of all accounts."`
	ExpectedCount *int64 `placeholder:"N" help:"Erase. N is the total that the command printed without this flag. If the total has changed since, nothing is erased."`
}

// Run prints how much is stored of a person, and erases it if it is as much as expected.
func (c eraseCommand) Run(ctx context.Context, config app.Config, clock clockwork.Clock, std streams) error {
	person, err := c.person()
	if err != nil {
		return err
	}
	return withStore(ctx, config, clock, std, func(store *models.Store) error { return c.erase(ctx, store, person, std) })
}

func (c eraseCommand) erase(ctx context.Context, store *models.Store, person erasing.Person, std streams) error {
	scope := erasing.Scope{SiteID: c.Site}
	if c.ExpectedCount == nil {
		count, err := store.CountPerson(ctx, scope, person)
		if err != nil {
			return err
		}
		if err := printCount(std.out, count); err != nil {
			return err
		}
		return printNext(std.out, count.Total())
	}
	count, err := store.ErasePerson(ctx, byOperator, scope, person, *c.ExpectedCount)
	if err != nil {
		return err
	}
	if err := printCount(std.out, count); err != nil {
		return err
	}
	_, err = fmt.Fprintln(std.out, "erased")
	return err
}

// person returns the person of the flags.
func (c eraseCommand) person() (erasing.Person, error) {
	p := erasing.Person{Email: strings.ToLower(strings.TrimSpace(c.Email))}
	if p.Email != "" && !limits.IsEmail(p.Email) {
		return p, errors.New("--email must be an e-mail address, such as visitor@example.com")
	}
	if c.Phone != "" {
		number, err := phone.Normalize(c.Phone, "")
		international := strings.HasPrefix(strings.TrimSpace(c.Phone), "+") // the first digits of others could be read as another country's code
		if err != nil || number.E164 == "" || !international {
			return p, errors.New("--phone must be a phone number with + and its country code, such as +12025550123")
		}
		p.Phone = number.E164
	}
	if p == (erasing.Person{}) {
		return p, errors.New("--phone or --email is needed, or both: they name the person")
	}
	return p, nil
}

// printNext prints how what was counted is erased.
func printNext(out io.Writer, total int64) (err error) {
	if total == 0 {
		_, err = fmt.Fprintln(out, "nothing is stored of this person")
		return err
	}
	_, err = fmt.Fprintf(out, "nothing is erased yet; to erase all of it, add --expected-count %d\n", total)
	return err
}

func printCount(out io.Writer, c erasing.Count) error {
	_, err := fmt.Fprintf(out, "%d calls and leads, %d visitors, %d people of CRMs, %d messages of providers: %d in all\n",
		c.Conversions, c.Visitors, c.People, c.Messages, c.Total())
	return err
}
