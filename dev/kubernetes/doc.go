// Package kubernetes tests the manifests of deploy/kubernetes with the types of
// Kubernetes' API and with kustomize. It has no code of its own, and is in the module
// dev so that the service does not depend on them. It must not reach a cluster.
package kubernetes
