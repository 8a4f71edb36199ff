package salesforce

import (
	"context"

	"ringback/crm/salesforce"
	"ringback/destinations"
	"ringback/internal/delivery"
	"ringback/internal/settings"
)

// The findings about a set-up. Those that end in "_missing" name the remedy.
const (
	foundLogin      delivery.ReasonCode = "salesforce.check_login"
	foundRequests   delivery.ReasonCode = "salesforce.check_requests"
	foundTask       delivery.ReasonCode = "salesforce.check_task"
	foundNoTask     delivery.ReasonCode = "salesforce.check_task_missing"
	foundField      delivery.ReasonCode = "salesforce.check_field"
	foundNoField    delivery.ReasonCode = "salesforce.check_field_missing"
	foundExternalID delivery.ReasonCode = "salesforce.check_external_id"
	foundSearchable delivery.ReasonCode = "salesforce.check_searchable_id"
	foundType       delivery.ReasonCode = "salesforce.check_type"
	foundNoType     delivery.ReasonCode = "salesforce.check_type_missing"
	foundPeople     delivery.ReasonCode = "salesforce.check_people"
	foundNoPeople   delivery.ReasonCode = "salesforce.check_people_missing"
	foundNewLeads   delivery.ReasonCode = "salesforce.check_new_leads"
	foundNoNewLeads delivery.ReasonCode = "salesforce.check_new_leads_missing"
	foundReading    delivery.ReasonCode = "salesforce.check_reading"
	foundNoReading  delivery.ReasonCode = "salesforce.check_reading_missing"
	foundPackage    delivery.ReasonCode = "salesforce.check_package"
	foundNoPackage  delivery.ReasonCode = "salesforce.check_package_missing"
)

// CheckSetup implements destinations.SetupChecker.
func (d *Destination) CheckSetup(ctx context.Context, doer delivery.Doer, s settings.Values) []destinations.Finding {
	o := options{s}
	w := &writing{client: d.orgs.Client(doer, o.connection()), options: o, clock: d.clock}
	c := &setupCheck{writing: w}
	for _, object := range d.Objects() {
		w.client.Forget(object) // what an administrator has just changed counts
	}
	usage, err := w.client.ReadUsage(ctx)
	if err != nil {
		c.add(false, w.failed(err).Reason)
		return c.findings
	}
	c.note(true, foundLogin, foundLogin, nil)
	c.add(!usage.Above(maxShare), requests(usage))
	task, err := w.client.Describe(ctx, objectTask)
	if err != nil {
		c.note(false, "", foundNoTask, nil)
		return c.findings
	}
	c.note(task.Createable, foundTask, foundNoTask, nil)
	c.fields(task)
	c.types(task)
	c.people(ctx)
	if d.Reads(s) {
		c.reading(ctx, d.Objects())
	}
	return c.findings
}

// setupCheck collects findings.
type setupCheck struct {
	*writing
	findings []destinations.Finding
}

func (c *setupCheck) add(met bool, reason delivery.Reason) {
	c.findings = append(c.findings, destinations.Finding{Met: met, Reason: reason})
}

// note adds a finding with one of two codes.
func (c *setupCheck) note(met bool, good, bad delivery.ReasonCode, values map[string]string) {
	code := good
	if !met {
		code = bad
	}
	c.add(met, delivery.Reason{Code: code, Values: values})
}

func requests(usage salesforce.Usage) delivery.Reason {
	r := throttled(0, usage).Reason
	if !usage.Above(maxShare) {
		r.Code = foundRequests
	}
	return r
}

// fields checks the fields that the settings name.
func (c *setupCheck) fields(task salesforce.Object) {
	for _, name := range []string{"bizible_field", "touchpoint_date_field"} {
		field := c.options.get(name)
		c.note(task.CanCreate(field), foundPackage, foundNoPackage, map[string]string{"Name": field})
	}
	if field := c.options.get("phone_field"); field != "" {
		c.note(task.CanCreate(field), foundField, foundNoField, map[string]string{"Name": field})
	}
	name := c.options.get("id_field")
	f, ok := task.Field(name)
	good := foundSearchable
	if f.ExternalID {
		good = foundExternalID
	}
	c.note(ok && usableID(f), good, reasonNoIDField, map[string]string{"Field": name})
}

// types checks that the picklist takes the types of the Tasks.
func (c *setupCheck) types(task salesforce.Object) {
	field, visible := task.Field("Type")
	for _, option := range []string{"task_type", "lead_task_type"} {
		value := c.options.get(option)
		c.note(visible && field.Createable && field.Accepts(value), foundType, foundNoType, map[string]string{"Type": value})
	}
}

// reading checks that each object can be read.
func (c *setupCheck) reading(ctx context.Context, objects []string) {
	for _, name := range objects {
		object, err := c.client.Describe(ctx, name)
		c.note(err == nil && len(object.Fields) > 0, foundReading, foundNoReading, map[string]string{"Object": name})
	}
}

// people checks that contacts and leads can be found, and leads created if wanted.
func (c *setupCheck) people(ctx context.Context) {
	for _, name := range []string{objectContact, objectLead} {
		object, err := c.client.Describe(ctx, name)
		visible := err == nil
		for _, field := range []string{"Email", "Phone", "MobilePhone"} {
			_, ok := object.Field(field)
			visible = visible && ok
		}
		c.note(visible, foundPeople, foundNoPeople, map[string]string{"Object": name})
		if name == objectLead && c.options.get("create_lead") == yes {
			c.note(err == nil && object.Createable && object.CanCreate("LastName"), foundNewLeads, foundNoNewLeads, nil)
		}
	}
}
