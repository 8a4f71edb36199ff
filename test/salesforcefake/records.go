package salesforcefake

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// timeFormat is how Salesforce writes times.
const timeFormat = "2006-01-02T15:04:05.000+0000"

// Add stores a record without any check, and returns its id.
func (o *Org) Add(to string, row Record) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.insert(to, row)
}

// Change changes fields of a record, as a person in Salesforce does.
func (o *Org) Change(of, id string, values Record) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, row := range o.objects[of].rows {
		if row["Id"] == id {
			o.write(of, row, values)
		}
	}
}

// Convert converts a lead to a new contact of an account, as a person in Salesforce
// does. The lead's Tasks move to the contact. It returns the id of the contact.
func (o *Org) Convert(leadID, account string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	contact := ""
	for _, row := range o.objects["Lead"].rows {
		if row["Id"] != leadID {
			continue
		}
		values := Record{"AccountId": account}
		for _, name := range []string{"FirstName", "LastName", "Email", "Phone", "MobilePhone"} {
			values[name] = row[name]
		}
		contact = o.insert("Contact", values)
		o.write("Lead", row, Record{"IsConverted": true, "ConvertedContactId": contact})
	}
	for _, row := range o.objects["Task"].rows {
		if row["WhoId"] == leadID {
			o.write("Task", row, Record{"WhoId": contact})
		}
	}
	return contact
}

func (o *Org) insert(to string, values Record) string {
	o.nextID++
	at := o.now().UTC().Format(timeFormat)
	row := Record{
		"Id":        fmt.Sprintf("%s%012d%03d", o.objects[to].prefix, o.nextID, 0),
		"IsDeleted": false, "IsArchived": false, "CreatedDate": at,
	}
	if to == "Lead" {
		row["IsConverted"] = false
	}
	o.write(to, row, values)
	o.objects[to].rows = append(o.objects[to].rows, row)
	return row["Id"].(string)
}

func (o *Org) write(of string, row, values Record) {
	stage := row["StageName"]
	maps.Copy(row, values)
	at := o.now().UTC().Format(timeFormat)
	row["LastModifiedDate"], row["SystemModstamp"] = at, at
	if values["SystemModstamp"] != nil { // of sample data that is older
		row["SystemModstamp"] = values["SystemModstamp"]
	}
	if of == "Opportunity" && row["StageName"] != stage {
		row["IsWon"], row["IsClosed"] = row["StageName"] == wonStage, row["StageName"] == wonStage || row["StageName"] == lostStage
		o.insert("OpportunityHistory", Record{"OpportunityId": row["Id"], "StageName": row["StageName"], "Amount": row["Amount"]})
	}
}

// sobject answers /sobjects/{object}/...
func (o *Org) sobject(r *http.Request, name string, rest []string, body []byte) answer {
	switch {
	case r.Method == http.MethodGet && len(rest) == 1 && rest[0] == "describe":
		return answer{http.StatusOK, map[string]any{"name": name, "createable": true, "fields": o.objects[name].fields}}
	case r.Method == http.MethodPost && len(rest) == 0:
		return o.create(r, name, body)
	case r.Method == http.MethodPatch && len(rest) == 2:
		return o.upsert(r, name, rest[0], rest[1], body)
	case r.Method == http.MethodDelete && len(rest) == 1:
		return o.remove(name, rest[0])
	default:
		return failure(http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED", "HTTP method not allowed")
	}
}

func (o *Org) create(r *http.Request, name string, body []byte) answer {
	values, refused := o.check(name, body)
	if refused != nil {
		return *refused
	}
	if found := o.duplicates(r, name, values); len(found) > 0 {
		return duplicatesDetected(found)
	}
	return created(o.insert(name, values))
}

func created(id string) answer {
	return answer{http.StatusCreated, map[string]any{"id": id, "success": true, "created": true, "errors": []any{}}}
}

// check returns the values of a record, or the error of a field that cannot be written.
func (o *Org) check(name string, body []byte) (Record, *answer) {
	refuse := func(code, message string, field string) (Record, *answer) {
		a := failure(http.StatusBadRequest, code, message, field)
		return nil, &a
	}
	var values Record
	if err := json.Unmarshal(body, &values); err != nil {
		return refuse("JSON_PARSER_ERROR", err.Error(), "")
	}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		f, known := o.objects[name].field(key)
		written, _ := values[key].(string)
		switch {
		case !known:
			return refuse("INVALID_FIELD", fmt.Sprintf("No such column '%s' on sobject of type %s", key, name), key)
		case !f.Createable:
			return refuse("INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update fields: "+key, key)
		case f.Length > 0 && len([]rune(written)) > f.Length:
			return refuse("STRING_TOO_LONG", key+": data value too large", key)
		case f.Restricted && written != "" && !slices.Contains(f.PicklistValues, Choice{written, true}):
			return refuse("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", key+": bad value for restricted picklist field: "+written, key)
		case key == "WhoId" && !o.exists(written):
			return refuse("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", key)
		}
	}
	if name == "Lead" && (values["LastName"] == nil || values["Company"] == nil) {
		return refuse("REQUIRED_FIELD_MISSING", "Required fields are missing: [LastName, Company]", "LastName")
	}
	return values, nil
}

func (o *Org) exists(id string) bool {
	for _, of := range []string{"Contact", "Lead"} {
		for _, row := range o.objects[of].rows {
			if row["Id"] == id && row["IsDeleted"] == false {
				return true
			}
		}
	}
	return false
}

// upsert creates the record with this external id, or changes it.
func (o *Org) upsert(r *http.Request, name, field, id string, body []byte) answer {
	f, known := o.objects[name].field(field)
	if !known || !f.ExternalID {
		return failure(http.StatusNotFound, "NOT_FOUND", "Provided external ID field does not exist or is not accessible: "+field)
	}
	values, refused := o.check(name, body)
	if refused != nil {
		return *refused
	}
	found := o.rows(name, func(row Record) bool { return row["IsDeleted"] == false && row[field] == id })
	switch len(found) {
	case 0:
		values[field] = id
		return created(o.insert(name, values))
	case 1:
		o.write(name, found[0], values)
		return answer{http.StatusOK, map[string]any{"id": found[0]["Id"], "success": true, "created": false, "errors": []any{}}}
	default:
		return answer{http.StatusMultipleChoices, []string{r.URL.Path + "/1", r.URL.Path + "/2"}}
	}
}

func (o *Org) remove(name, id string) answer {
	found := o.rows(name, func(row Record) bool { return row["Id"] == id })
	switch {
	case len(found) == 0:
		return failure(http.StatusNotFound, "NOT_FOUND", "The requested resource does not exist")
	case found[0]["IsDeleted"] == true:
		return failure(http.StatusNotFound, "ENTITY_IS_DELETED", "entity is deleted")
	}
	o.write(name, found[0], Record{"IsDeleted": true})
	return answer{http.StatusNoContent, nil}
}

func (o *Org) rows(of string, match func(Record) bool) []Record {
	var found []Record
	for _, row := range o.objects[of].rows {
		if match(row) {
			found = append(found, row)
		}
	}
	return found
}

// duplicates returns the persons that the duplicate rule finds for a new lead.
func (o *Org) duplicates(r *http.Request, name string, lead Record) []map[string]any {
	allowed := strings.Contains(r.Header.Get("Sforce-Duplicate-Rule-Header"), "allowSave=true")
	if !o.DuplicateRule || name != "Lead" || allowed {
		return nil
	}
	var found []map[string]any
	for _, of := range []string{"Lead", "Contact"} {
		for _, row := range o.rows(of, func(row Record) bool {
			return row["IsDeleted"] == false && (row["Phone"] != nil && row["Phone"] == lead["Phone"] || row["Email"] != nil && row["Email"] == lead["Email"])
		}) {
			record := map[string]any{"Id": row["Id"]}
			if !o.BareMatches {
				record["attributes"] = map[string]any{"type": of}
			}
			found = append(found, map[string]any{"record": record})
		}
	}
	return found
}

func duplicatesDetected(found []map[string]any) answer {
	return answer{http.StatusBadRequest, []map[string]any{{
		"message": "Use one of these records?", "errorCode": "DUPLICATES_DETECTED", "fields": []string{},
		"duplicateResult": map[string]any{"allowSave": false, "matchResults": []any{map[string]any{"matchRecords": found}}},
	}}}
}
