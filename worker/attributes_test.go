package worker_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/grpc"

	"ringback/worker"
)

// server is a Temporal that only knows search attributes.
type server struct {
	client.Client
	operator
	frontend
}

func (s *server) OperatorService() operatorservice.OperatorServiceClient { return &s.operator }
func (s *server) WorkflowService() workflowservice.WorkflowServiceClient { return &s.frontend }

// operator lists and adds search attributes.
type operator struct {
	operatorservice.OperatorServiceClient
	have     map[string]enumspb.IndexedValueType
	addError error // what another process's addition at the same time leads to
	added    []string
}

// frontend counts workflows, once it knows the search attributes.
type frontend struct {
	workflowservice.WorkflowServiceClient
	slow   int // counts that still do not know them
	counts int
}

func (s *operator) ListSearchAttributes(
	context.Context, *operatorservice.ListSearchAttributesRequest, ...grpc.CallOption,
) (*operatorservice.ListSearchAttributesResponse, error) {
	return &operatorservice.ListSearchAttributesResponse{CustomAttributes: s.have}, nil
}

func (s *operator) AddSearchAttributes(
	_ context.Context, in *operatorservice.AddSearchAttributesRequest, _ ...grpc.CallOption,
) (*operatorservice.AddSearchAttributesResponse, error) {
	for name, kind := range in.GetSearchAttributes() {
		s.have[name] = kind
		s.added = append(s.added, name)
	}
	return &operatorservice.AddSearchAttributesResponse{}, s.addError
}

func (s *frontend) CountWorkflowExecutions(
	_ context.Context, in *workflowservice.CountWorkflowExecutionsRequest, _ ...grpc.CallOption,
) (*workflowservice.CountWorkflowExecutionsResponse, error) {
	s.counts++
	if s.counts <= s.slow {
		return nil, serviceerror.NewInvalidArgument("invalid search attribute in " + in.GetQuery())
	}
	return &workflowservice.CountWorkflowExecutionsResponse{}, nil
}

const keyword, keywords = enumspb.INDEXED_VALUE_TYPE_KEYWORD, enumspb.INDEXED_VALUE_TYPE_KEYWORD_LIST

func all() map[string]enumspb.IndexedValueType {
	return map[string]enumspb.IndexedValueType{
		"RingbackSite": keyword, "RingbackKind": keyword, "RingbackState": keyword,
		"RingbackCallStatus": keyword, "RingbackIntegrations": keywords,
	}
}

func TestRegisterSearchAttributes(t *testing.T) {
	t.Parallel()
	some := all()
	delete(some, "RingbackState")
	cases := map[string]struct {
		have     map[string]enumspb.IndexedValueType
		addError error
		slow     int
		added    int
	}{
		"on a new namespace":         {have: map[string]enumspb.IndexedValueType{}, added: 5},
		"when all are there":         {have: all()},
		"when one is missing":        {have: some, added: 1},
		"while another process does": {have: map[string]enumspb.IndexedValueType{}, addError: serviceerror.NewAlreadyExists("exists"), added: 5},
		"usable after a while":       {have: map[string]enumspb.IndexedValueType{}, slow: 2, added: 5},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &server{operator: operator{have: c.have, addError: c.addError}, frontend: frontend{slow: c.slow}}
			require.NoError(t, worker.RegisterSearchAttributes(t.Context(), s, "default"))
			require.Equal(t, all(), s.have)
			require.Len(t, s.added, c.added)
			require.Equal(t, c.slow+1, s.counts)
		})
	}
}

func TestRegisterSearchAttributes_AnotherTypeIsAnError(t *testing.T) {
	t.Parallel()
	have := all()
	have["RingbackIntegrations"] = enumspb.INDEXED_VALUE_TYPE_INT
	s := &server{operator: operator{have: have}}
	err := worker.RegisterSearchAttributes(t.Context(), s, "default")

	require.ErrorContains(t, err, "RingbackIntegrations of namespace default has the type Int, Ringback needs KeywordList")
	require.Empty(t, s.added)
}
