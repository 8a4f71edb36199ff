package models

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/jonboulle/clockwork"

	"ringback/conversion"
	"ringback/secrets"
)

var errStub = errors.New("not written yet")

type Options struct {
	DSN    string
	Box    *secrets.Box
	Clock  clockwork.Clock
	Logger *slog.Logger
}
type Store struct{}

func Open(context.Context, Options) (*Store, error)                  { return nil, errStub }
func (s *Store) Close() error                                        { return errStub }
func (s *Store) Ping(context.Context) error                          { return errStub }
func (s *Store) CheckSchema(context.Context) error                   { return errStub }
func Migrate(context.Context, *Store) ([]string, error)              { return nil, errStub }
func (s *Store) DefaultAccount(context.Context) (a Account, e error) { return a, errStub }
func (s *Store) CreateAccount(ctx context.Context, actor Actor, name string) (a Account, e error) {
	return a, errStub
}
func (s *Store) Accounts(ctx context.Context, page Page) ([]Account, string, error) {
	return nil, "", errStub
}
func (s *Store) CreateToken(ctx context.Context, actor Actor, t Token) error { return errStub }
func (s *Store) Tokens(ctx context.Context, accountID string, page Page) ([]Token, string, error) {
	return nil, "", errStub
}
func (s *Store) RevokeToken(ctx context.Context, actor Actor, accountID, id string) error {
	return errStub
}
func (s *Store) TokenByID(ctx context.Context, id string) (t Token, e error) { return t, errStub }

func (s *Store) CreateSite(ctx context.Context, actor Actor, site *Site) error    { return errStub }
func (s *Store) Site(ctx context.Context, accountID, id string) (x Site, e error) { return x, errStub }
func (s *Store) Sites(ctx context.Context, accountID string, page Page) ([]Site, string, error) {
	return nil, "", errStub
}
func (s *Store) UpdateSite(ctx context.Context, actor Actor, id string, change func(*Site) error) (x Site, e error) {
	return x, errStub
}
func (s *Store) DeleteSite(ctx context.Context, actor Actor, id string) error { return errStub }

func (s *Store) PutSource(ctx context.Context, actor Actor, siteID, source string, change func(*SiteSource) error) (x SiteSource, e error) {
	return x, errStub
}
func (s *Store) Source(ctx context.Context, accountID, siteID, source string) (x SiteSource, e error) {
	return x, errStub
}
func (s *Store) Sources(ctx context.Context, accountID, siteID string) ([]SiteSource, error) {
	return nil, errStub
}
func (s *Store) SourceByHookKey(ctx context.Context, key string) (x SiteSource, y Site, e error) {
	return x, y, errStub
}

func (s *Store) CreateIntegration(ctx context.Context, actor Actor, i *Integration) error {
	return errStub
}
func (s *Store) Integration(ctx context.Context, accountID, siteID, id string) (x Integration, e error) {
	return x, errStub
}
func (s *Store) Integrations(ctx context.Context, accountID, siteID string, page Page) ([]Integration, string, error) {
	return nil, "", errStub
}
func (s *Store) UpdateIntegration(ctx context.Context, actor Actor, siteID, id string, change func(*Integration) error) (x Integration, e error) {
	return x, errStub
}
func (s *Store) DeleteIntegration(ctx context.Context, actor Actor, siteID, id string) error {
	return errStub
}
func (s *Store) IntegrationVersions(ctx context.Context, accountID, siteID, id string, page Page) ([]IntegrationVersion, string, error) {
	return nil, "", errStub
}

type AuditFilter struct{ SiteID, Entity, EntityID string }

func (s *Store) Audit(ctx context.Context, accountID string, filter AuditFilter, page Page) ([]AuditEntry, string, error) {
	return nil, "", errStub
}
func (s *Store) Reseal(ctx context.Context) (int, error) { return 0, errStub }

type Page struct {
	Limit  int
	Cursor string
}

type CallEvent struct {
	SiteID, Source, ExternalID, WorkflowID string
	Event                                  conversion.Event
	Raw                                    []byte
	Trace                                  map[string]string
}
type LeadIn struct {
	SiteID, Source, ExternalID, WorkflowID string
	Lead                                   conversion.Lead
	Raw                                    []byte
	Trace                                  map[string]string
}
type Accepted struct {
	ConversionID    string
	Duplicate, Late bool
	Signal          *Signal
}

func (s *Store) AcceptCallEvent(ctx context.Context, in CallEvent) (a Accepted, e error) {
	return a, errStub
}
func (s *Store) AcceptLead(ctx context.Context, in LeadIn) (a Accepted, e error) { return a, errStub }

func (s *Store) DueSignals(ctx context.Context, now time.Time, limit int, hold time.Duration) ([]Signal, error) {
	return nil, errStub
}
func (s *Store) SignalsDone(ctx context.Context, seqs []int64) error { return errStub }
func (s *Store) PostponeSignals(ctx context.Context, seqs []int64, until time.Time) error {
	return errStub
}
func (s *Store) OutboxStats(ctx context.Context) (waiting int64, oldest time.Time, err error) {
	return 0, oldest, errStub
}

type Case struct {
	Conversion   Conversion
	Site         Site
	Events       []Event
	Integrations []Integration
	Decisions    []Decision
	Source       *SiteSource
}

// LastSeq gives the last event of the case, for Decided.SeenSeq.
func (c Case) LastSeq() int64 { return 0 }

func (s *Store) Case(ctx context.Context, conversionID string) (c Case, e error) { return c, errStub }
func (s *Store) Earlier(ctx context.Context, c Conversion) (x conversion.Earlier, e error) {
	return x, errStub
}
func (s *Store) Visits(ctx context.Context, c Conversion) ([]conversion.Visit, error) {
	return nil, errStub
}

type Decided struct {
	ConversionID                 string
	Moment                       conversion.Moment
	Final                        bool
	SeenSeq                      int64
	Decisions                    []Decision
	Deliveries                   []Delivery
	Unique, Target, UniqueTarget *bool
	Incomplete                   bool
}
type Outcome struct {
	Decisions  []Decision
	Deliveries []Delivery
}

func (s *Store) SaveDecisions(ctx context.Context, d Decided) (o Outcome, e error) { return o, errStub }
func (s *Store) FinishConversion(ctx context.Context, id string) error             { return errStub }

func (s *Store) DeliveryForSend(ctx context.Context, deliveryID string) (d Delivery, i Integration, b Breaker, e error) {
	return d, i, b, errStub
}

type Begun struct {
	Number      int
	Interrupted bool
	Finished    bool
	LeasedUntil time.Time
}
type AttemptEnd struct {
	Attempt   Attempt
	State     DeliveryState
	Reason    string
	NextTryAt *time.Time
}

func (s *Store) BeginAttempt(ctx context.Context, deliveryID string, lease time.Duration) (b Begun, e error) {
	return b, errStub
}
func (s *Store) EndAttempt(ctx context.Context, end AttemptEnd) error { return errStub }
func (s *Store) HoldDelivery(ctx context.Context, deliveryID, reason string, until time.Time) error {
	return errStub
}
func (s *Store) GiveUpDelivery(ctx context.Context, deliveryID, reason string) (d Delivery, e error) {
	return d, errStub
}
func (s *Store) Breaker(ctx context.Context, integrationID string) (b Breaker, e error) {
	return b, errStub
}
func (s *Store) UpdateBreaker(ctx context.Context, integrationID string, change func(*Breaker)) (b Breaker, e error) {
	return b, errStub
}
func (s *Store) ClaimProbe(ctx context.Context, integrationID string, now, until time.Time) (bool, error) {
	return false, errStub
}
func (s *Store) SwitchOffIntegration(ctx context.Context, integrationID, reason string) error {
	return errStub
}

type ConversionFilter struct {
	AccountID, SiteID string
	Kind              conversion.Kind
	State             ConversionState
	Tag               string
	From, To          *time.Time
	ExternalID        string
}
type Detail struct {
	Conversion Conversion
	Site       Site
	Events     []Event
	Tags       []ConversionTag
	Decisions  []Decision
	Deliveries []Delivery
	Attempts   []Attempt
}
type DeliveryFilter struct {
	AccountID, SiteID, IntegrationID string
	State                            DeliveryState
	From, To                         *time.Time
	ConversionID                     string
}

func (s *Store) Conversions(ctx context.Context, f ConversionFilter, page Page) ([]Conversion, string, error) {
	return nil, "", errStub
}
func (s *Store) ConversionDetail(ctx context.Context, accountID, id string) (d Detail, e error) {
	return d, errStub
}
func (s *Store) Deliveries(ctx context.Context, f DeliveryFilter, page Page) ([]Delivery, string, error) {
	return nil, "", errStub
}
func (s *Store) Delivery(ctx context.Context, accountID, id string) (d Delivery, a []Attempt, e error) {
	return d, a, errStub
}
func (s *Store) Resend(ctx context.Context, actor Actor, accountID, deliveryID string, workflowID func(deliveryID string, n int) string) (d Delivery, sig Signal, e error) {
	return d, sig, errStub
}
func (s *Store) CountDeliveries(ctx context.Context, f DeliveryFilter) (int64, error) {
	return 0, errStub
}
func (s *Store) ResendMany(ctx context.Context, actor Actor, f DeliveryFilter, expect int64, workflowID func(deliveryID string, n int) string) ([]Signal, error) {
	return nil, errStub
}
func (s *Store) BreakerOf(ctx context.Context, siteID string) (map[string]Breaker, error) {
	return nil, errStub
}

type Stats struct {
	Conversions  map[ConversionState]int64
	OpenBreakers []string
}

func (s *Store) Stats(ctx context.Context) (x Stats, e error) { return x, errStub }
