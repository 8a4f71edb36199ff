package kubernetes_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

func TestG9_PodsHaveNoRightsThatTheyDoNotNeed(t *testing.T) {
	t.Parallel()
	for name, pod := range pods(t) {
		spec, container := pod.Spec, pod.Spec.Containers[0]
		require.Len(t, spec.Containers, 1, name)
		require.Equal(t, []string{name}, container.Args)
		require.True(t, *spec.SecurityContext.RunAsNonRoot, name)
		require.NotZero(t, *spec.SecurityContext.RunAsUser, name)
		require.Equal(t, core.SeccompProfileTypeRuntimeDefault, spec.SecurityContext.SeccompProfile.Type, name)
		require.False(t, *spec.AutomountServiceAccountToken, name)
		require.False(t, *spec.EnableServiceLinks, name)
		require.False(t, spec.HostNetwork || spec.HostPID || spec.HostIPC, name)
		require.Empty(t, spec.Volumes, name)
		require.False(t, *container.SecurityContext.AllowPrivilegeEscalation, name)
		require.True(t, *container.SecurityContext.ReadOnlyRootFilesystem, name)
		require.Equal(t, []core.Capability{"ALL"}, container.SecurityContext.Capabilities.Drop, name)
		require.Empty(t, container.SecurityContext.Capabilities.Add, name)
	}
}

func TestG8_PodsGetSecretsByReference(t *testing.T) {
	t.Parallel()
	for name, pod := range pods(t) {
		container := pod.Spec.Containers[0]
		for _, variable := range container.Env {
			require.Empty(t, variable.Value, "%s: %s is a setting for settings.env, or a secret", name, variable.Name)
			require.NotNil(t, variable.ValueFrom.SecretKeyRef, "%s: %s", name, variable.Name)
		}
	}
	for _, folder := range []string{"migrate", "service"} {
		for key := range settings(t, render(t, folder)).Data {
			require.NotRegexp(t, `(PASSWORD|_TOKEN|KEYS|KEY|DATABASE_URL)$`, key)
		}
		for name := range render(t, folder) {
			require.NotContains(t, name, "Secret", "a secret that is in a file ends up in version control")
		}
	}
	admin := func(pod core.PodTemplateSpec) (has bool) {
		for _, variable := range pod.Spec.Containers[0].Env {
			has = has || variable.Name == "RINGBACK_ADMIN_TOKEN"
		}
		return has
	}
	require.True(t, admin(pods(t)["web"]))
	require.False(t, admin(pods(t)["worker"]), "workers answer no request")
}

func TestPodsHaveResourcesThatFitGo(t *testing.T) {
	t.Parallel()
	value, found := strings.CutSuffix(settings(t, render(t, "service")).Data["GOMEMLIMIT"], "MiB")
	require.True(t, found)
	mebibytes, err := strconv.ParseInt(value, 10, 64)
	require.NoError(t, err)
	for name, pod := range pods(t) {
		resources := pod.Spec.Containers[0].Resources
		for _, of := range []core.ResourceName{core.ResourceCPU, core.ResourceMemory} {
			request, limit := resources.Requests[of], resources.Limits[of]
			require.Positive(t, request.Sign(), "%s: %s", name, of)
			require.LessOrEqual(t, request.Cmp(limit), 0, "%s: %s", name, of)
		}
		below := resource.NewQuantity(mebibytes<<20*11/10, resource.BinarySI)
		require.LessOrEqual(t, below.Cmp(resources.Limits[core.ResourceMemory]), 0, "%s: Go must keep a tenth below the limit", name)
	}
}

func TestProbesAskWhatTheProcessAnswers(t *testing.T) {
	t.Parallel()
	all := pods(t)
	for _, name := range []string{"web", "worker"} {
		container := all[name].Spec.Containers[0]
		ports := map[string]int32{}
		for _, port := range container.Ports {
			ports[port.Name] = port.ContainerPort
		}
		config := settings(t, render(t, "service")).Data
		require.Equal(t, config["RINGBACK_OPS_ADDRESS"], ":"+strconv.Itoa(int(ports["ops"])), name)
		require.Equal(t, "/healthz", container.StartupProbe.HTTPGet.Path, name)
		require.Equal(t, "/healthz", container.LivenessProbe.HTTPGet.Path, "%s: a restart does not bring a database back", name)
		require.Equal(t, "/readyz", container.ReadinessProbe.HTTPGet.Path, name)
		for _, probe := range []*core.Probe{container.StartupProbe, container.LivenessProbe, container.ReadinessProbe} {
			require.Equal(t, "ops", probe.HTTPGet.Port.StrVal, name)
		}
		require.Greater(t, container.ReadinessProbe.TimeoutSeconds, int32(2), "%s: /readyz takes up to two seconds", name)
	}
	require.Equal(t, ":8080", settings(t, render(t, "service")).Data["RINGBACK_HTTP_ADDRESS"])
	require.Equal(t, "http", all["web"].Spec.Containers[0].Ports[0].Name)
	require.Equal(t, int32(8080), all["web"].Spec.Containers[0].Ports[0].ContainerPort)
}

func TestPodsHaveTimeToStop(t *testing.T) {
	t.Parallel()
	config, all := settings(t, render(t, "service")).Data, pods(t)
	drain, err := time.ParseDuration(config["RINGBACK_DRAIN_TIMEOUT"])
	require.NoError(t, err)
	shutdown, err := time.ParseDuration(config["RINGBACK_SHUTDOWN_TIMEOUT"])
	require.NoError(t, err)
	for _, name := range []string{"web", "worker"} {
		grace := time.Duration(*all[name].Spec.TerminationGracePeriodSeconds) * time.Second
		require.Greater(t, grace, drain+shutdown, name)
		readiness := all[name].Spec.Containers[0].ReadinessProbe
		noticed := time.Duration(readiness.PeriodSeconds*readiness.FailureThreshold) * time.Second
		require.Greater(t, drain, noticed, "%s: the probe must notice before connections are refused", name)
	}
}
