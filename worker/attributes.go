package worker

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"ringback/workflows"
)

// usableWithin is how long the server's caches may take to include a new search attribute.
const usableWithin = 90 * time.Second

// attributeTypes returns the search attributes that the workflows set.
func attributeTypes() map[string]enumspb.IndexedValueType {
	types := map[string]enumspb.IndexedValueType{}
	for _, key := range []temporal.SearchAttributeKey{
		workflows.AttributeSite, workflows.AttributeKind, workflows.AttributeState,
		workflows.AttributeCallStatus, workflows.AttributeIntegrations,
	} {
		types[key.GetName()] = key.GetValueType()
	}
	return types
}

// RegisterSearchAttributes adds the search attributes that the namespace lacks, and
// returns when they can be used. It may run any number of times, and in several
// processes at once. An attribute of another type is a conflict that an operator
// has to resolve.
func RegisterSearchAttributes(ctx context.Context, c client.Client, namespace string) error {
	missing, err := missingAttributes(ctx, c, namespace)
	if err != nil {
		return err
	}
	if len(missing) > 0 {
		request := &operatorservice.AddSearchAttributesRequest{Namespace: namespace, SearchAttributes: missing}
		_, err := c.OperatorService().AddSearchAttributes(ctx, request)
		if err != nil && !errors.As(err, new(*serviceerror.AlreadyExists)) {
			return fmt.Errorf("adding search attributes: %w", err)
		}
	}
	return waitUntilUsable(ctx, c, namespace)
}

// missingAttributes returns the search attributes that the namespace lacks.
func missingAttributes(ctx context.Context, c client.Client, namespace string) (map[string]enumspb.IndexedValueType, error) {
	have, err := c.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	if err != nil {
		return nil, fmt.Errorf("reading the search attributes: %w", err)
	}
	missing := attributeTypes()
	for name, wanted := range attributeTypes() {
		found, ok := have.GetCustomAttributes()[name]
		if ok && found != wanted {
			return nil, fmt.Errorf(
				"the search attribute %s of namespace %s has the type %s, Ringback needs %s: remove it or use another namespace",
				name, namespace, found, wanted)
		}
		if ok {
			delete(missing, name)
		}
	}
	return missing, nil
}

// waitUntilUsable counts workflows by each attribute until that succeeds: the server
// refuses a start with an attribute that its caches do not include yet.
func waitUntilUsable(ctx context.Context, c client.Client, namespace string) error {
	var terms []string
	for _, name := range slices.Sorted(maps.Keys(attributeTypes())) {
		terms = append(terms, name+" = 'none'")
	}
	request := &workflowservice.CountWorkflowExecutionsRequest{Namespace: namespace, Query: strings.Join(terms, " AND ")}
	count := func() (struct{}, error) {
		_, err := c.WorkflowService().CountWorkflowExecutions(ctx, request)
		return struct{}{}, err
	}
	steady := backoff.NewConstantBackOff(200 * time.Millisecond)
	if _, err := backoff.Retry(ctx, count, backoff.WithBackOff(steady), backoff.WithMaxElapsedTime(usableWithin)); err != nil {
		return fmt.Errorf("waiting for the search attributes: %w", err)
	}
	return nil
}
