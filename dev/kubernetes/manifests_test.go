package kubernetes_test

import (
	"path/filepath"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
	apps "k8s.io/api/apps/v1"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// objects are the objects that kustomize makes of a folder, by kind and name.
type objects map[string]runtime.Object

// render runs kustomize on a folder of deploy/kubernetes, and decodes its output as the
// API's server would: a field that the API does not have is an error.
func render(t *testing.T, folder string) objects {
	t.Helper()
	made, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), filepath.Join("..", "..", "deploy", "kubernetes", folder))
	require.NoError(t, err)
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		core.AddToScheme, apps.AddToScheme, batch.AddToScheme, policy.AddToScheme, networking.AddToScheme,
	} {
		require.NoError(t, add(scheme))
	}
	decoder := serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer()
	all := objects{}
	for _, resource := range made.Resources() {
		text, err := resource.AsYAML()
		require.NoError(t, err)
		object, kind, err := decoder.Decode(text, nil, nil)
		require.NoError(t, err, string(text))
		all[kind.Kind+" "+resource.GetName()] = object
	}
	return all
}

// get returns an object of a type, which must be there.
func get[T runtime.Object](t *testing.T, all objects, name string) T {
	t.Helper()
	kind := reflect.TypeFor[T]().Elem().Name()
	require.Contains(t, all, kind+" "+name)
	return all[kind+" "+name].(T)
}

// settings returns the ConfigMap, whose name ends in a hash.
func settings(t *testing.T, all objects) *core.ConfigMap {
	t.Helper()
	for _, object := range all {
		if config, ok := object.(*core.ConfigMap); ok {
			return config
		}
	}
	require.Fail(t, "no ConfigMap")
	return nil
}

// pods returns the templates of the pods of both folders by component.
func pods(t *testing.T) map[string]core.PodTemplateSpec {
	t.Helper()
	service := render(t, "service")
	return map[string]core.PodTemplateSpec{
		"migrate": get[*batch.Job](t, render(t, "migrate"), "ringback-migrate").Spec.Template,
		"web":     get[*apps.Deployment](t, service, "ringback-web").Spec.Template,
		"worker":  get[*apps.Deployment](t, service, "ringback-worker").Spec.Template,
	}
}
