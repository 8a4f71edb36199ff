package kubernetes_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// selects reports whether a selector fits the labels of a pod.
func selects(t *testing.T, selector *meta.LabelSelector, pod core.PodTemplateSpec) bool {
	t.Helper()
	s, err := meta.LabelSelectorAsSelector(selector)
	require.NoError(t, err)
	return s.Matches(labels.Set(pod.Labels))
}

func TestSelectorsFindTheirPodsAlone(t *testing.T) {
	t.Parallel()
	service, all := render(t, "service"), pods(t)
	for _, name := range []string{"web", "worker"} {
		deployment := get[*apps.Deployment](t, service, "ringback-"+name)
		budget := get[*policy.PodDisruptionBudget](t, service, "ringback-"+name)
		selectors := []*meta.LabelSelector{deployment.Spec.Selector, budget.Spec.Selector}
		for _, spread := range deployment.Spec.Template.Spec.TopologySpreadConstraints {
			selectors = append(selectors, spread.LabelSelector)
		}
		require.Len(t, selectors, 4, "spread over machines and zones")
		for _, selector := range selectors {
			for other, pod := range all {
				require.Equal(t, other == name, selects(t, selector, pod), "%s: %s", name, other)
			}
		}
		require.Greater(t, *deployment.Spec.Replicas, int32(1), "one must be left when another is evicted")
		require.Equal(t, 1, budget.Spec.MaxUnavailable.IntValue(), "a node can be drained")
		require.Zero(t, deployment.Spec.Strategy.RollingUpdate.MaxUnavailable.IntValue())
		require.Positive(t, deployment.Spec.Strategy.RollingUpdate.MaxSurge.IntValue())
	}
}

func TestTheServiceLeadsToWebAlone(t *testing.T) {
	t.Parallel()
	service, all := render(t, "service"), pods(t)
	of := get[*core.Service](t, service, "ringback")
	for name, pod := range all {
		require.Equal(t, name == "web", labels.SelectorFromSet(of.Spec.Selector).Matches(labels.Set(pod.Labels)), name)
	}
	require.Equal(t, "http", of.Spec.Ports[0].TargetPort.StrVal)
	require.Len(t, of.Spec.Ports, 1, "the ops port has no authentication")
}

func TestG9_OnlyMonitoringReachesTheOpsPort(t *testing.T) {
	t.Parallel()
	service, all := render(t, "service"), pods(t)
	rules := get[*networking.NetworkPolicy](t, service, "ringback")
	for name, pod := range all {
		require.True(t, selects(t, &rules.Spec.PodSelector, pod), name)
	}
	require.Equal(t, []networking.PolicyType{networking.PolicyTypeIngress}, rules.Spec.PolicyTypes)
	for _, rule := range rules.Spec.Ingress {
		require.Len(t, rule.Ports, 1)
		require.Equal(t, rule.Ports[0].Port.StrVal == "ops", len(rule.From) == 1)
	}
	require.Len(t, rules.Spec.Ingress, 2)
}

// Both folders have the same image, namespace and settings, and all objects are in the namespace.
func TestBothFoldersShareImageAndSettings(t *testing.T) {
	t.Parallel()
	migrate, service, all := render(t, "migrate"), render(t, "service"), pods(t)
	require.Equal(t, settings(t, migrate), settings(t, service))
	get[*core.Namespace](t, migrate, "ringback")
	for name, pod := range all {
		container := pod.Spec.Containers[0]
		require.Equal(t, all["web"].Spec.Containers[0].Image, container.Image, name)
		require.Regexp(t, `^registry\.example\.com/ringback:[\d.]+$`, container.Image, name)
		require.Equal(t, settings(t, service).Name, container.EnvFrom[0].ConfigMapRef.Name, "%s: a change of settings replaces the pods", name)
	}
	for _, objects := range []objects{migrate, service} {
		for name, object := range objects {
			if _, is := object.(*core.Namespace); !is {
				require.Equal(t, "ringback", object.(meta.Object).GetNamespace(), name)
			}
		}
	}
}
