package harness

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// once is a value that is made once for all tests, because it takes a process of the
// service to make it.
type once[T any] struct {
	sync.Mutex
	made  bool
	value T
}

// get returns the value, and makes it if there is none. If making it ends the test, the
// next test makes it.
func (o *once[T]) get(create func() T) T {
	o.Lock()
	defer o.Unlock()
	if !o.made {
		o.value = create()
		o.made = true
	}
	return o.value
}

var (
	keys     once[string]
	migrated once[[]byte] // a SQLite database with the current schema
)

// sampleKeys returns the encryption keys of all stacks, as the service generates them.
func sampleKeys(t testing.TB) string {
	t.Helper()
	return keys.get(func() string {
		p := Start(t, "keys", Build(t, Ringback), nil, "keys", "generate")
		if err := p.Wait(time.Minute); err != nil {
			t.Fatalf("ringback keys generate: %v\n%s", err, p.Log())
		}
		return lastLine(p.Log())
	})
}

// lastLine returns the last line that is not empty.
func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return lines[len(lines)-1]
}

// sqliteFile is the name of a stack's SQLite database in the folder of the stack.
const sqliteFile = "ringback.db"

// copyMigrated creates the stack's SQLite database with the current schema. Only the
// first one is migrated. The others are copies of it.
func (s *Stack) copyMigrated() {
	s.t.Helper()
	file := filepath.Join(s.dir, sqliteFile)
	content := migrated.get(func() []byte {
		s.Migrate()
		if _, err := os.Stat(file + "-wal"); err == nil {
			s.t.Fatal("the migrated database is not whole without its write-ahead log")
		}
		content, err := os.ReadFile(file)
		if err != nil {
			s.t.Fatal(err)
		}
		return content
	})
	if err := os.WriteFile(file, content, 0o600); err != nil {
		s.t.Fatal(err)
	}
}
