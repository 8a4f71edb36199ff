package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"go.temporal.io/api/serviceerror"

	"ringback/internal/app"
	"ringback/internal/telemetry"
	"ringback/worker"
)

type rolloutCommand struct {
	Status  rolloutStatus  `cmd:"" help:"List the versions of the workers, which of them is current, and which of them can be stopped."`
	Promote rolloutPromote `cmd:"" help:"Make a build take all that is new. Calls that wait go on with it, and leads and resends that have begun stay with their build."`
	Ramp    rolloutRamp    `cmd:"" help:"Make a build take a part of what is new, to try it."`
	Back    rolloutBack    `cmd:"" help:"Make the build current again that was current before."`
	Move    rolloutMove    `cmd:"" help:"Make all that has begun on a build go on with the current one. For a build whose workers are gone."`
	Off     rolloutOff     `cmd:"" help:"Make workers without a version take all that is new. Run it before you switch --worker-versioning off."`
}

// withDeployment runs a command on the deployment of the settings.
func withDeployment(config app.Config, std streams, do func(app.Deployment) error) error {
	log, err := telemetry.NewLogger(std.err, config.LogFormat, "error")
	if err != nil {
		return err
	}
	deployment, err := app.OpenDeployment(config, app.Deps{Logger: log})
	if err != nil {
		return err
	}
	defer deployment.Close()
	err = do(deployment)
	if errors.As(err, new(*serviceerror.NotFound)) {
		return fmt.Errorf("no worker with --worker-versioning has ever run in the deployment %s, or not this build: %w", config.WorkerDeployment, err)
	}
	return err
}

type rolloutStatus struct{}

// Run prints a table of the versions.
func (rolloutStatus) Run(ctx context.Context, config app.Config, std streams) error {
	return withDeployment(config, std, func(d app.Deployment) error {
		rollout, err := d.Rollout(ctx)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
		_, _ = fmt.Fprintln(table, "BUILD\tSTATE\tFIRST SEEN")
		if rollout.Current == "" {
			_, _ = fmt.Fprintln(table, "(without a version)\tcurrent\t")
		}
		for _, v := range rollout.Versions {
			_, _ = fmt.Fprintf(table, "%s\t%s\t%s\n", v.Build, stateOf(v, rollout), v.Created.UTC().Format(time.RFC3339))
		}
		if err := table.Flush(); err != nil || !rollout.Spreading {
			return err
		}
		_, err = fmt.Fprintln(std.out, "Some queues of Temporal do not go by this yet. "+keepWorkers)
		return err
	})
}

// keepWorkers is what operators do until all queues go by what was set.
const keepWorkers = "Until then, some of what is new may still go to the workers that had it before: keep them running."

// stateOf returns what a version does.
func stateOf(v worker.VersionState, rollout worker.Rollout) string {
	switch {
	case v.Build == rollout.Current:
		return "current"
	case v.Build == rollout.Ramping:
		return fmt.Sprintf("ramping, %g percent", rollout.Percent)
	case v.Draining:
		return "draining: it still has runs, keep its workers"
	case v.Drained && rollout.Spreading:
		return "drained, but keep its workers until all queues go by this"
	case v.Drained:
		return "drained: its workers can be stopped"
	default:
		return "waiting to be promoted"
	}
}

type rolloutPromote struct {
	Build        string `arg:"" optional:"" help:"The build. If empty, it is that of this program and its settings."`
	LeaveRunning bool   `help:"Leave calls and all else that is running to the workers that are current now. For a version whose entry in the changelog asks for it."`
}

// Run makes a build current.
func (c rolloutPromote) Run(ctx context.Context, config app.Config, std streams) error {
	build := c.Build
	if build == "" {
		own, err := config.Build(version())
		if err != nil {
			return err
		}
		build = own
	}
	return withDeployment(config, std, func(d app.Deployment) error {
		leaving := ""
		if c.LeaveRunning {
			before, err := d.Rollout(ctx)
			if err != nil {
				return err
			}
			if leaving = leftBy(build, before); leaving == "" {
				return errors.New("--leave-running needs a current build: what is running has no version yet, and goes on with the first one")
			}
		}
		return promote(ctx, d, build, leaving, std)
	})
}

// leftBy returns the build whose runs are left to it when a build is promoted: the current
// one. If the build is current, the command is run again, and it is the one before.
func leftBy(build string, rollout worker.Rollout) string {
	if rollout.Current == build {
		return cmp.Or(rollout.Before(), build)
	}
	return rollout.Current
}

// promote makes a build current. Running runs are left to the build leaving before it, so
// that none has a task on the new one, and after it, for those that began meanwhile. None
// are left if leaving is empty.
func promote(ctx context.Context, d app.Deployment, build, leaving string, std streams) error {
	if err := leave(ctx, d, leaving, build, std); err != nil {
		return err
	}
	again := "ringback rollout promote " + build
	if leaving != "" {
		again += " --leave-running"
	}
	if err := setCurrent(ctx, d, build, again, std); err != nil {
		return err
	}
	if err := leave(ctx, d, leaving, build, std); err != nil {
		return err
	}
	_, err := fmt.Fprintf(std.out, "%s takes all that is new\n", build)
	return err
}

// setCurrent makes a build current and waits until all queues go by it. Again is that of
// awaitSpread.
func setCurrent(ctx context.Context, d app.Deployment, build, again string, std streams) error {
	if err := d.SetCurrent(ctx, build); err != nil {
		return err
	}
	return awaitSpread(ctx, d, again, std)
}

// awaitSpread waits until all queues go by what was set. If that takes long, it prints what
// it waits for. Its error names the command, again, that sets the same and waits for it: that may
// be another one than was run, because a second back would undo the first.
func awaitSpread(ctx context.Context, d app.Deployment, again string, std streams) error {
	err := d.AwaitSpread(ctx, func() {
		_, _ = fmt.Fprintln(std.err, "It is set. Waiting until all queues of Temporal go by it, which may take some minutes. "+keepWorkers)
	})
	if err != nil {
		err = fmt.Errorf("%w; keep the workers of all versions running, and run '%s' to wait for it", err, again)
	}
	return err
}

// leave makes the runs of the build that is current stay with it. There is nothing to do if
// it is empty or the next one.
func leave(ctx context.Context, d app.Deployment, current, next string, std streams) error {
	if current == "" || current == next {
		return nil
	}
	n, err := d.Leave(ctx, current)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.out, "%d runs stay with %s\n", n, current)
	return err
}

type rolloutRamp struct {
	Build   string  `arg:"" help:"The build."`
	Percent float32 `required:"" help:"How many percent of all that is new it takes. 0 ends the trial."`
}

// Run makes a build take a part of the new runs.
func (c rolloutRamp) Run(ctx context.Context, config app.Config, std streams) error {
	if !(c.Percent >= 0 && c.Percent <= 100) {
		return errors.New("--percent must be from 0 to 100")
	}
	return withDeployment(config, std, func(d app.Deployment) error {
		if err := d.Ramp(ctx, c.Build, c.Percent); err != nil {
			return err
		}
		again := fmt.Sprintf("ringback rollout ramp %s --percent %g", c.Build, c.Percent)
		if err := awaitSpread(ctx, d, again, std); err != nil {
			return err
		}
		_, err := fmt.Fprintf(std.out, "%s takes %g percent of all that is new\n", c.Build, c.Percent)
		return err
	})
}

type rolloutBack struct{}

// Run makes the build current again that was current before.
func (rolloutBack) Run(ctx context.Context, config app.Config, std streams) error {
	return withDeployment(config, std, func(d app.Deployment) error {
		rollout, err := d.Rollout(ctx)
		if err != nil {
			return err
		}
		before := rollout.Before()
		if before == "" {
			return errors.New("no build was current before; 'ringback rollout promote BUILD' names one")
		}
		return promote(ctx, d, before, "", std)
	})
}

type rolloutMove struct {
	Build string `arg:"" help:"The build whose workers are gone."`
}

// Run moves the runs of a build to the current one.
func (c rolloutMove) Run(ctx context.Context, config app.Config, std streams) error {
	return withDeployment(config, std, func(d app.Deployment) error {
		n, err := d.Move(ctx, c.Build)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(std.out, "%d runs of %s go on with the current build\n", n, c.Build)
		return err
	})
}

type rolloutOff struct{}

// Run makes workers without a version current.
func (rolloutOff) Run(ctx context.Context, config app.Config, std streams) error {
	return withDeployment(config, std, func(d app.Deployment) error {
		if err := setCurrent(ctx, d, "", "ringback rollout off", std); err != nil {
			return err
		}
		_, err := fmt.Fprintln(std.out, "workers without a version take all that is new")
		return err
	})
}
