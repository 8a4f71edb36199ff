package tracking

import (
	"sync"
	"time"

	"ringback/internal/fault"
)

// How many pages are checked at the same time. A page may be crafted to take long and
// to need much memory, and the process also accepts the calls of all accounts.
const (
	checksPerProcess = 4
	retryCheckAfter  = 5 * time.Second
)

// pageChecks counts the checks of pages that are under way in this process.
type pageChecks struct {
	mu        sync.Mutex
	total     int
	byAccount map[string]int
	sites     map[string]bool
}

func newPageChecks() *pageChecks {
	return &pageChecks{byAccount: map[string]int{}, sites: map[string]bool{}}
}

// begin counts a check until done is called. It returns a fault if too many are under
// way. Limit is how many an account may have at once; zero means no limit.
func (c *pageChecks) begin(accountID, siteID string, limit int) (done func(), err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.sites[siteID]:
		return nil, fault.New(fault.Conflict, "check_under_way")
	case limit > 0 && c.byAccount[accountID] >= limit:
		return nil, fault.New(fault.RateLimited, "account_checks").Counting(limit).After(retryCheckAfter)
	case c.total >= checksPerProcess:
		return nil, fault.New(fault.RateLimited, "process_checks").Counting(checksPerProcess).After(retryCheckAfter)
	}
	c.total++
	c.byAccount[accountID]++
	c.sites[siteID] = true
	return func() { c.end(accountID, siteID) }, nil
}

func (c *pageChecks) end(accountID, siteID string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.total--
	if c.byAccount[accountID]--; c.byAccount[accountID] == 0 {
		delete(c.byAccount, accountID)
	}
	delete(c.sites, siteID)
}
