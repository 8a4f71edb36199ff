package salesforcefake

// Field is a field of an object, as describe returns it.
type Field struct {
	Name           string   `json:"name"`
	Type           string   `json:"type"`
	Length         int      `json:"length,omitempty"`
	Createable     bool     `json:"createable"`
	Updateable     bool     `json:"updateable"`
	Filterable     bool     `json:"filterable"`
	ExternalID     bool     `json:"externalId"`
	Restricted     bool     `json:"restrictedPicklist"`
	PicklistValues []Choice `json:"picklistValues"`
}

// Choice is a value of a picklist.
type Choice struct {
	Value  string `json:"value"`
	Active bool   `json:"active"`
}

// object is an object with its rows.
type object struct {
	prefix string // of its ids
	fields []Field
	rows   []Record
}

func text(name string, length int) Field {
	return Field{Name: name, Type: "string", Length: length, Createable: true, Updateable: true, Filterable: true}
}

func typed(name, kind string) Field {
	f := text(name, 0)
	f.Type = kind
	return f
}

func picklist(name string, values ...string) Field {
	f := typed(name, "picklist")
	f.Length = 255
	for _, value := range values {
		f.PicklistValues = append(f.PicklistValues, Choice{value, true})
	}
	return f
}

func standardObjects(withPackage bool) map[string]*object {
	disposition, callObject := text("CallDisposition", 255), text("CallObject", 255)
	description := Field{Name: "Description", Type: "textarea", Length: 32000, Createable: true, Updateable: true}
	callType := picklist("CallType", "Inbound", "Internal", "Outbound")
	callType.Restricted = true
	task := &object{prefix: "00T", fields: []Field{
		text("Subject", 255), picklist("Type", "Call", "Email", "Meeting", "Other"), picklist("Status", "Not Started", "Completed"),
		picklist("Priority", "High", "Normal", "Low"), typed("ActivityDate", "date"), description, typed("WhoId", "reference"),
		callType, typed("CallDurationInSeconds", "int"), disposition, callObject,
	}}
	if withPackage {
		task.fields = append(task.fields, text("bizible2__BizibleId__c", 255), typed("bizible2__Bizible_Touchpoint_Date__c", "datetime"))
	}
	person := func(prefix string, more ...Field) *object {
		return &object{prefix: prefix, fields: append([]Field{
			text("FirstName", 40), text("LastName", 80), text("Email", 80), text("Phone", 40), text("MobilePhone", 40),
		}, more...)}
	}
	return map[string]*object{
		"Task": task, "Contact": person("003", typed("AccountId", "reference")),
		"Lead": person("00Q", text("Company", 255), text("LeadSource", 255), readOnly("IsConverted", "boolean"), readOnly("ConvertedContactId", "reference")),
		"Opportunity": {prefix: "006", fields: []Field{
			text("Name", 120), typed("AccountId", "reference"), typed("Amount", "currency"), picklist("StageName", "Prospecting", wonStage, lostStage),
			typed("CloseDate", "date"), readOnly("IsClosed", "boolean"), readOnly("IsWon", "boolean"),
		}},
		"OpportunityContactRole": {prefix: "00K", fields: []Field{
			typed("OpportunityId", "reference"), typed("ContactId", "reference"), picklist("Role", "Decision Maker"), typed("IsPrimary", "boolean"),
		}},
		"OpportunityHistory": {prefix: "008", fields: []Field{
			readOnly("OpportunityId", "reference"), readOnly("StageName", "picklist"), readOnly("Amount", "currency"),
		}},
	}
}

// The stages in which an opportunity is closed.
const (
	wonStage  = "Closed Won"
	lostStage = "Closed Lost"
)

func readOnly(name, kind string) Field {
	f := typed(name, kind)
	f.Createable, f.Updateable = false, false
	return f
}

// SetField adds a field to an object, or changes the one of the same name.
func (o *Org) SetField(of string, f Field) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.objects[of].removeField(f.Name)
	o.objects[of].fields = append(o.objects[of].fields, f)
}

// RemoveField removes a field, as when the user may not see it.
func (o *Org) RemoveField(of, name string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.objects[of].removeField(name)
}

func (o *object) removeField(name string) {
	var kept []Field
	for _, f := range o.fields {
		if f.Name != name {
			kept = append(kept, f)
		}
	}
	o.fields = kept
}

func (o *object) field(name string) (Field, bool) {
	for _, f := range o.fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

// has reports whether a query may name a field: those of describe, and those that
// every object has.
func (o *object) has(name string) bool {
	switch name {
	case "Id", "IsDeleted", "IsArchived", "CreatedDate", "LastModifiedDate", "SystemModstamp":
		return true
	default:
		_, ok := o.field(name)
		return ok
	}
}
