package app

import (
	"context"
	"errors"
	"strings"

	"go.temporal.io/api/serviceerror"

	"ringback/worker"
)

// maxVersionName is the most bytes of a deployment's name and of a build.
const maxVersionName = 200

// checkVersioning checks the names of the workers' version. Temporal writes a version as
// deployment:build, and used to write it with a dot.
func (c Config) checkVersioning() error {
	var problems []error
	if !c.WorkerVersioning {
		return nil
	}
	if c.WorkerDeployment == "" || len(c.WorkerDeployment) > maxVersionName || strings.ContainsAny(c.WorkerDeployment, ":.") {
		problems = append(problems, wrong("worker-deployment", "must have 1 to %d characters, and neither a colon nor a dot", maxVersionName))
	}
	if len(c.WorkerBuild) > maxVersionName || strings.Contains(c.WorkerBuild, ":") {
		problems = append(problems, wrong("worker-build", "must have at most %d characters, and no colon", maxVersionName))
	}
	return errors.Join(problems...)
}

// Build returns the build of the workers: the one of the settings, or the version of the
// program.
func (c Config) Build(version string) (string, error) {
	switch {
	case c.WorkerBuild != "":
		return c.WorkerBuild, nil
	case version == "" || version == "devel" || version == "unknown":
		return "", wrong("worker-build", "is not set, and this program has no version of its own; expected a name for each build, such as the tag of its image")
	default:
		return version, nil
	}
}

// workerVersion returns the version of the workers of a program. It is zero if versioning
// is switched off.
func (c Config) workerVersion(version string) (worker.Version, error) {
	if !c.WorkerVersioning {
		return worker.Version{}, nil
	}
	build, err := c.Build(version)
	return worker.Version{Deployment: c.WorkerDeployment, Build: build}, err
}

// Deployment is the deployment of the settings, for commands. Close it after use.
type Deployment struct {
	worker.Deployment
	close func()
}

// Close closes the connection to Temporal.
func (d Deployment) Close() { d.close() }

// OpenDeployment returns the deployment of the settings. Temporal is taken from deps, or
// from the TEMPORAL_* variables.
func OpenDeployment(config Config, deps Deps) (Deployment, error) {
	temporal, err := newTemporal(deps)
	if err != nil {
		return Deployment{}, err
	}
	return Deployment{Deployment: temporal.deployment(config), close: temporal.close}, nil
}

func (t temporalClient) deployment(config Config) worker.Deployment {
	return worker.Deployment{Client: t.Client, Namespace: t.namespace, Name: config.WorkerDeployment}
}

// beginVersion makes the version of this process current if none ever was. It logs if
// these workers get no new runs.
func (s *Service) beginVersion(ctx context.Context) error {
	deployment := s.temporal.deployment(s.config)
	if s.version.IsZero() {
		s.warnUnversioned(ctx, deployment)
		return nil
	}
	current, err := deployment.SetFirst(ctx, s.version.Build)
	if err != nil {
		return err
	}
	if current != s.version.Build {
		s.log.InfoContext(ctx, "workers.not_current", "build", s.version.Build, "current", current,
			"hint", "ringback rollout promote "+s.version.Build)
	}
	return nil
}

// warnUnversioned logs if workers without a version get no tasks, because a version is
// current. A server that has no versions is no problem.
func (s *Service) warnUnversioned(ctx context.Context, deployment worker.Deployment) {
	rollout, err := deployment.Rollout(ctx)
	switch {
	case errors.As(err, new(*serviceerror.NotFound)), errors.As(err, new(*serviceerror.Unimplemented)):
	case err != nil:
		s.log.WarnContext(ctx, "workers.versions_unknown", "error", err)
	case rollout.Current != "":
		s.log.WarnContext(ctx, "workers.without_version", "current", rollout.Current, "hint", "ringback rollout off")
	}
}
