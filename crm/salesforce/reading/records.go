package reading

import (
	"cmp"
	"strings"

	"ringback/crm"
	"ringback/crm/salesforce"
)

// person returns a lead or contact. A lead that was converted has become its contact.
func person(row salesforce.Row) crm.Person {
	p := crm.Person{
		ID: row.Text("Id"), Account: row.Text("AccountId"), Email: strings.TrimSpace(row.Text("Email")),
		Phone: cmp.Or(row.Text("Phone"), row.Text("MobilePhone")), AddedAt: row.Time("CreatedDate"), Deleted: row.Is("IsDeleted"),
	}
	if row.Is("IsConverted") {
		p.SameAs = row.Text("ConvertedContactId")
	}
	return p
}

// task returns a Task. Without a time of the call it has its due date, which is a day.
func (r *Reader) task(row salesforce.Row) crm.Task {
	t := crm.Task{
		ID: row.Text("Id"), Person: row.Text("WhoId"), Type: strings.TrimSpace(row.Text("Type")),
		BizibleID: strings.TrimSpace(row.Text(r.settings.BizibleField)), At: row.Time(r.settings.DateField),
		Deleted: row.Is("IsDeleted"), ChangedAt: row.Time(changed),
	}
	if id, ours := strings.CutPrefix(row.Text(r.settings.IDField), r.settings.Marker); ours {
		t.ConversionID = id
	}
	if due := row.Time("ActivityDate"); t.At.IsZero() && !due.IsZero() {
		t.At, t.DateOnly = due, true
	}
	return t
}
