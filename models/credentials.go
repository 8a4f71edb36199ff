package models

import (
	"context"
	"log/slog"

	"gorm.io/gorm"

	"ringback/models/alerting"
	"ringback/models/database"
	"ringback/models/integrations"
	"ringback/models/logintokens"
	"ringback/models/notices"
	"ringback/models/websites"
)

// Reseal encrypts all credentials again with the primary key, so that older keys
// can be dropped. Credentials that no key opens are logged and stay as they are.
func (s *Store) Reseal(ctx context.Context) (Resealed, error) {
	var all Resealed
	err := s.db.Tx(ctx, "sealing with the primary key", func(tx *gorm.DB) error {
		for _, table := range []func(*gorm.DB, *slog.Logger) (Resealed, error){
			database.Reseal[integrations.Integration], database.Reseal[websites.Source], database.Reseal[logintokens.Tokens], database.Reseal[notices.Notice], database.Reseal[alerting.Settings],
		} {
			done, err := table(tx, s.logger)
			if err != nil {
				return err
			}
			all = all.Plus(done)
		}
		return nil
	})
	return all, err
}

// Resealed counts rows with credentials.
type Resealed = database.Resealed
