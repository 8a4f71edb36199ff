package database_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/internal/fault"
	"ringback/models/database"
	"ringback/models/modeltest"
)

// Writes leave a server that became read-only with the first one that it refuses, and
// that one may be tried again (G1).
func TestG1_WritesLeaveAServerThatBecameReadOnly(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB, dsn string) {
		if strings.HasPrefix(dsn, "sqlite:") {
			return // its server is this process
		}
		require.NoError(t, db.Write(t.Context()).Exec("SET default_transaction_read_only = on").Error)
		err := db.WrapErr("writing", db.Write(t.Context()).Create(&note{ID: "first"}).Error)
		var answer *fault.Error
		require.ErrorAs(t, err, &answer)
		require.Equal(t, fault.Unavailable, answer.Code)
		require.NoError(t, db.Write(t.Context()).Create(&note{ID: "second"}).Error)
	})
}

func TestAServerThatIsReadOnlyIsNotUsed(t *testing.T) {
	t.Parallel()
	modeltest.EachDSN(t, func(t *testing.T, dsn string) {
		if strings.HasPrefix(dsn, "sqlite:") {
			return // its server is this process
		}
		sep := "?"
		if strings.Contains(dsn, "?") {
			sep = "&"
		}
		err := open(t, dsn+sep+"default_transaction_read_only=on").Ping(t.Context())
		require.ErrorContains(t, err, "read only")
		var answer *fault.Error
		require.True(t, errors.As(err, &answer) && answer.Code == fault.Unavailable, "%v", err)
		require.NoError(t, open(t, dsn+sep+"default_transaction_read_only=on&target_session_attrs=any").Ping(t.Context()))
	})
}
