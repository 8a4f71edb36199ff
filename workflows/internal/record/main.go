// Command record runs every scenario of the workflows against a Temporal server
// with scripted activities, and saves the histories that the replay tests
// replay. A change of the workflows that adds a branch adds a scenario here; a
// history that is already saved is kept, because it stands for workflows that
// are running.
//
// Any Temporal server will do; dev/cmd/temporal-server is one.
//
//	go run ./workflows/internal/record -temporal 127.0.0.1:7233
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	sdk "go.temporal.io/sdk/worker"

	"ringback/worker"
)

// longest is how long one scenario may take. The one without a database takes half a minute.
const longest = 2 * time.Minute

func main() {
	address := flag.String("temporal", "127.0.0.1:7233", "address of a Temporal server")
	folder := flag.String("out", "workflows/testdata/histories", "folder of the histories")
	flag.Parse()
	if err := recordAll(context.Background(), *address, *folder); err != nil {
		fmt.Fprintln(os.Stderr, "record:", err)
		os.Exit(1)
	}
}

// recordAll records the scenarios that have no history yet.
func recordAll(ctx context.Context, address, folder string) error {
	c, err := client.Dial(client.Options{
		HostPort: address,
		Identity: "record", // the default names this machine
		Logger:   log.NewStructuredLogger(slog.New(slog.DiscardHandler)),
	})
	if err != nil {
		return fmt.Errorf("connecting to Temporal: %w", err)
	}
	defer c.Close()
	sdk.SetStickyWorkflowCacheSize(0) // every task replays; and queues named after this machine stay out of the histories
	if err := worker.RegisterSearchAttributes(ctx, c, client.DefaultNamespace); err != nil {
		return err
	}
	for _, s := range scenarios() {
		file := filepath.Join(folder, s.name+".json")
		if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		fmt.Println("recording", s.name)
		if err := record(ctx, c, s, file); err != nil {
			return fmt.Errorf("recording %s: %w", s.name, err)
		}
	}
	return nil
}

// record plays one scenario with workers of its own and saves its history.
func record(ctx context.Context, c client.Client, s scenario, file string) error {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	workers, err := worker.New(worker.Options{
		Client: c, Conversions: s.activities, Dispatch: s.activities, Reading: s.activities, Recomputing: s.activities, Reconciling: s.activities,
		Logger: slog.New(slog.DiscardHandler), StopTimeout: time.Second,
	})
	if err != nil {
		return err
	}
	if err := workers.Start(); err != nil {
		return err
	}
	defer workers.Stop()
	run, err := s.play(ctx, c)
	if err != nil {
		return err
	}
	return save(ctx, c, run, file)
}
