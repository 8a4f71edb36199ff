package app_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"ringback/internal/app"
)

// These tests read docker-compose.yml as text: they hold what can be known
// without a container engine.

// container is what the tests read of a service in docker-compose.yml.
type container struct {
	Image     string                                `yaml:"image"`
	Volumes   []string                              `yaml:"volumes"`
	Env       map[string]string                     `yaml:"environment"`
	DependsOn map[string]struct{ Condition string } `yaml:"depends_on"`
	Health    map[string]any                        `yaml:"healthcheck"`
	Command   []string                              `yaml:"command"`
	Ports     []string                              `yaml:"ports"`
	Networks  []string                              `yaml:"networks"`
	Memory    string                                `yaml:"mem_limit"`
	Processes int                                   `yaml:"pids_limit"`
	Dropped   []string                              `yaml:"cap_drop"`
	Security  []string                              `yaml:"security_opt"`
}

func composeFile(t *testing.T) map[string]container {
	t.Helper()
	text, err := os.ReadFile("../../docker-compose.yml")
	require.NoError(t, err)
	var file struct {
		Services map[string]container `yaml:"services"`
	}
	require.NoError(t, yaml.Unmarshal(text, &file))
	require.NotEmpty(t, file.Services)
	return file.Services
}

func TestComposeFilePinsImagesAndNamesWhatExists(t *testing.T) {
	t.Parallel()
	services := composeFile(t)
	for name, c := range services {
		require.Regexp(t, `^[a-z/-]+:(\d[\w.-]*|local)$`, c.Image, "%s: an image without a fixed version", name)
		for other, need := range c.DependsOn {
			require.Contains(t, services, other, "%s depends on it", name)
			if need.Condition == "service_healthy" {
				require.NotEmpty(t, services[other].Health["test"], "%s waits for the health of %s", name, other)
			}
		}
		for _, volume := range c.Volumes {
			if from, _, _ := strings.Cut(volume, ":"); strings.HasPrefix(from, ".") {
				require.FileExists(t, filepath.Join("..", "..", from), "%s mounts it", name)
			}
		}
	}
}

func TestG8_ComposeFileHasNoDefaultSecrets(t *testing.T) {
	t.Parallel()
	secret := regexp.MustCompile(`(PASSWORD|PWD|_TOKEN|KEYS)$`)
	for name, c := range composeFile(t) {
		for variable, value := range c.Env {
			if secret.MatchString(variable) && variable != "RINGBACK_REQUESTS_PER_TOKEN" {
				require.Regexp(t, `^\$\{\w+:\?.+\}$`, value, "%s: %s must come from deploy/.env, without a default", name, variable)
			}
		}
	}
	template, err := os.ReadFile("../../deploy/example.env")
	require.NoError(t, err)
	require.NotRegexp(t, `(?m)^\w*(PASSWORD|TOKEN|KEYS)=.+$`, string(template))
}

func TestFilesToDeployUseRealSettings(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[app.Config]()) {
		known[field.Tag.Get("env")] = true
	}
	manifests, err := filepath.Glob("../../deploy/kubernetes/*/*")
	require.NoError(t, err)
	require.NotEmpty(t, manifests)
	for _, name := range append(manifests, "../../docker-compose.yml", "../../deploy/example.env") {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, variable := range regexp.MustCompile(`\bRINGBACK_[A-Z_]+`).FindAllString(string(text), -1) {
			require.True(t, known[variable], "%s: %s is no setting", name, variable)
		}
	}
	for _, c := range composeFile(t) {
		if c.Image == "ringback:local" {
			require.Contains(t, []string{"migrate", "web", "worker"}, c.Command[0])
		}
	}
}

func TestComposeFilePassesEverySetting(t *testing.T) {
	t.Parallel()
	services := composeFile(t)
	for _, name := range []string{"web", "worker"} {
		for _, field := range reflect.VisibleFields(reflect.TypeFor[app.Config]()) {
			if setting := field.Tag.Get("env"); setting != "RINGBACK_HTTP_ADDRESS" || name == "web" {
				require.Contains(t, services[name].Env, setting, "%s: deploy/.env could not set it", name)
			}
		}
	}
}

func TestComposeFileConfinesEveryContainer(t *testing.T) {
	t.Parallel()
	for name, c := range composeFile(t) {
		require.NotEmpty(t, c.Memory, "%s: without a limit of memory", name)
		require.NotZero(t, c.Processes, "%s: without a limit of processes", name)
		require.Equal(t, []string{"ALL"}, c.Dropped, name)
		require.Equal(t, []string{"no-new-privileges:true"}, c.Security, name)
		for _, port := range c.Ports {
			require.Regexp(t, `^(127\.0\.0\.1|\$\{PUBLISHED_ADDRESS:-127\.0\.0\.1):`, port, "%s: published to other machines", name)
		}
	}
}

// Temporal's API asks for no password: a caller that reaches it can end the workflows of all
// accounts (G9).
func TestG9_ComposeFileLetsFewReachTemporalAndTheDatabase(t *testing.T) {
	t.Parallel()
	members := map[string][]string{}
	for name, c := range composeFile(t) {
		for _, network := range c.Networks {
			members[network] = append(members[network], name)
		}
	}
	require.ElementsMatch(t, []string{"temporal", "temporal-namespace", "temporal-ui", "web", "worker"}, members["temporal"])
	require.ElementsMatch(t, []string{"postgres", "temporal-schema", "temporal", "migrate", "web", "worker"}, members["database"])
	require.ElementsMatch(t, []string{"web", "worker"}, members["outside"])
}

// Builders keep what they were sent, so no file with secrets may be among it.
func TestG8_NoSecretEntersABuild(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../.dockerignore")
	require.NoError(t, err)
	patterns := strings.Fields(string(text))
	for _, excluded := range []string{"deploy", "**/.env", "**/*.env", "**/*.pem", "**/*.key", "**/*.db", ".git"} {
		require.Contains(t, patterns, excluded)
	}
	require.NotRegexp(t, `(?m)^!`, string(text), "an exception could let a file in again")
}

func TestComposeFileKeepsMonitoringInside(t *testing.T) {
	t.Parallel()
	services := composeFile(t)
	for _, name := range []string{"web", "worker"} {
		require.Equal(t, ":9090", services[name].Env["RINGBACK_OPS_ADDRESS"], "%s: reached from the other containers", name)
		require.NotContains(t, strings.Join(services[name].Ports, " "), "9090", "%s: it has no authentication", name)
	}
	image, err := os.ReadFile("../../Dockerfile")
	require.NoError(t, err)
	require.Regexp(t, `(?m)^HEALTHCHECK .*CMD \["/ringback", "health"\]$`, string(image))
}

func TestTemporalsDynamicConfigHasWhatFairnessNeeds(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../deploy/temporal/dynamicconfig.yaml")
	require.NoError(t, err)
	var config map[string][]struct {
		Value       any
		Constraints map[string]string
	}
	require.NoError(t, yaml.Unmarshal(text, &config))
	require.Equal(t, true, config["matching.enableFairness"][0].Value)
	for _, key := range []string{"matching.numTaskqueueReadPartitions", "matching.numTaskqueueWritePartitions"} {
		require.Equal(t, 1, config[key][0].Value)
		require.Equal(t, "dispatch", config[key][0].Constraints["taskQueueName"])
	}
}
