package e2e_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/test/e2e/harness"
	"ringback/test/salesforcefake"
)

// How many Tasks are written while the service is killed, and how many times. With
// -short and under CI there are fewer.
const (
	salesforceTasks = 200
	salesforceKills = 10
)

// TestM2_KilledInTheMiddleOfTwoHundredTasks kills the service ten times while 200 Tasks
// are written. Salesforce must have each exactly once, although the service dies
// between the creation of a Task and its answer. Both ways to recognize a Task are
// tested: by a field that is searched, and by an external id.
func TestM2_KilledInTheMiddleOfTwoHundredTasks(t *testing.T) {
	t.Parallel()
	for name, idField := range map[string]string{"by marker": "CallObject", "by external id": "Ringback_Id__c"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tasks, kills := salesforceTasks, salesforceKills
			if testing.Short() || os.Getenv("CI") != "" {
				tasks, kills = salesforceTasks/4, salesforceKills/5
			}
			org, address := newOrg(t)
			org.Latency = 30 * time.Millisecond // so that many requests are in progress at each kill
			org.SetField("Task", salesforcefake.Field{Name: "Ringback_Id__c", Type: "string", Length: 255, Createable: true, Filterable: true, ExternalID: true})
			s := harness.NewStack(t, harness.StackOptions{})
			api := s.API()
			site := api.Site(nil)
			api.Salesforce(site, address, harness.JSON{"id_field": idField})

			accepted := sendInBackground(t, api, site, tasks)
			for round := range kills {
				awaitTasks(t, org, tasks*round/kills+tasks/kills/2)
				s.Service.Kill()
				s.LaunchService()
				s.Service.WaitReady(time.Minute)
			}
			interrupted := 0
			for _, id := range accepted() {
				detail := api.WaitConversion(id, 5*time.Minute, harness.Done)
				delivery := detail["deliveries"].([]any)[0].(harness.JSON)
				require.Equal(t, "delivered", delivery["state"], "%v", delivery)
				for _, a := range delivery["attempts"].([]any) {
					if a.(harness.JSON)["class"] == "interrupted" {
						interrupted++
					}
				}
			}
			seen := map[any]int{}
			for _, task := range org.Records("Task") {
				seen[task[idField]]++
			}
			require.Len(t, seen, tasks)
			for id, n := range seen {
				require.Equal(t, 1, n, "%v", id)
			}
			t.Logf("%d Tasks, %d kills, %d attempts interrupted, %d requests to create", tasks, kills, interrupted,
				org.Count(http.MethodPost, "/sobjects/Task")+org.Count(http.MethodPatch, "/sobjects/Task"))
		})
	}
}

// newOrg starts an imitation of Salesforce on loopback.
func newOrg(t *testing.T) (org *salesforcefake.Org, address string) {
	t.Helper()
	org = salesforcefake.New(true)
	server := httptest.NewServer(org)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return org, server.URL
}

// sendInBackground reports calls and leads, each until it is accepted. The returned
// function waits for the last one, and returns the ids of the conversions.
func sendInBackground(t *testing.T, api *harness.API, site string, count int) func() []string {
	ids := make([]string, count)
	next := make(chan int, count)
	for i := range count {
		next <- i
	}
	close(next)
	var senders sync.WaitGroup
	for range 4 {
		senders.Go(func() {
			for i := range next {
				ids[i] = sendUntilAccepted(t, api, site, i)
			}
		})
	}
	return func() []string {
		senders.Wait()
		return ids
	}
}

// awaitTasks waits until the org has this many Tasks.
func awaitTasks(t *testing.T, org *salesforcefake.Org, count int) {
	t.Helper()
	deadline := time.After(5 * time.Minute)
	for {
		changed := org.Changed()
		if len(org.Records("Task")) >= count {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			require.Fail(t, fmt.Sprintf("%d of %d Tasks", len(org.Records("Task")), count))
		}
	}
}
