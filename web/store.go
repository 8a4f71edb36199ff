package web

import (
	"context"

	"ringback/decision"
	"ringback/models"
	"ringback/web/collect"
	"ringback/web/intake"
)

// Store is what the HTTP side asks of the database. Every reading method is
// scoped by account: another account's rows are a fault.NotFound.
type Store interface {
	accountStore
	siteStore
	integrationStore
	intake.AcceptStore
	conversionStore
	deliveryStore
	collect.Store
	numberStore
	visitStore
	Ping(ctx context.Context) error
	CheckSchema(ctx context.Context) error
}

type accountStore interface {
	DefaultAccount(ctx context.Context) (models.Account, error)
	CreateAccount(ctx context.Context, actor models.Actor, name string) (models.Account, error)
	Account(ctx context.Context, id string) (models.Account, error)
	Accounts(ctx context.Context, page models.Page) ([]models.Account, string, error)
	CreateToken(ctx context.Context, actor models.Actor, token models.Token) error
	Tokens(ctx context.Context, accountID string, page models.Page) ([]models.Token, string, error)
	RevokeToken(ctx context.Context, actor models.Actor, accountID, id string) error
	TokenByID(ctx context.Context, id string) (models.Token, error)
	Audit(ctx context.Context, accountID string, filter models.AuditFilter, page models.Page) ([]models.AuditEntry, string, error)
}

type siteStore interface {
	CreateSite(ctx context.Context, actor models.Actor, site *models.Site) error
	Site(ctx context.Context, accountID, id string) (models.Site, error)
	Sites(ctx context.Context, accountID string, page models.Page) ([]models.Site, string, error)
	UpdateSite(ctx context.Context, actor models.Actor, id string, change func(*models.Site) error) (models.Site, error)
	DeleteSite(ctx context.Context, actor models.Actor, id string) error
	PutSource(ctx context.Context, actor models.Actor, siteID, source string, change func(*models.SiteSource) error) (models.SiteSource, error)
	Source(ctx context.Context, accountID, siteID, source string) (models.SiteSource, error)
	Sources(ctx context.Context, accountID, siteID string) ([]models.SiteSource, error)
	SourceByHookKey(ctx context.Context, key string) (models.SiteSource, models.Site, error)
}

type integrationStore interface {
	CreateIntegration(ctx context.Context, actor models.Actor, integration *models.Integration) error
	Integration(ctx context.Context, accountID, siteID, id string) (models.Integration, error)
	Integrations(ctx context.Context, accountID, siteID string, page models.Page) ([]models.Integration, string, error)
	UpdateIntegration(ctx context.Context, actor models.Actor, siteID, id string, change func(*models.Integration) error) (models.Integration, error)
	DeleteIntegration(ctx context.Context, actor models.Actor, siteID, id string) error
	RecordTest(ctx context.Context, actor models.Actor, siteID, id string) error
	IntegrationVersions(ctx context.Context, accountID, siteID, id string, page models.Page) ([]models.IntegrationVersion, string, error)
	SiteBreakers(ctx context.Context, siteID string) (map[string]models.Breaker, error)
}

type conversionStore interface {
	Conversions(ctx context.Context, filter models.ConversionFilter, page models.Page) ([]models.Conversion, string, error)
	ConversionDetail(ctx context.Context, accountID, id string) (models.Detail, error)
	decision.Store
}

type deliveryStore interface {
	Deliveries(ctx context.Context, filter models.DeliveryFilter, page models.Page) ([]models.Delivery, string, error)
	Delivery(ctx context.Context, accountID, id string) (models.Delivery, []models.Attempt, error)
	Resend(ctx context.Context, actor models.Actor, accountID, deliveryID string, workflowID func(deliveryID string, n int) string) (models.Delivery, models.Signal, error)
	CountDeliveries(ctx context.Context, filter models.DeliveryFilter) (int64, error)
	ResendMany(ctx context.Context, actor models.Actor, filter models.DeliveryFilter, expect int64, workflowID func(deliveryID string, n int) string) ([]models.Signal, error)
}
