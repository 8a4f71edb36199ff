package outbox

import "context"

// SignalsDecided returns the rows of those signals of leads whose leads are decided, and of
// those signals of deliveries that have begun to be sent, or wait for a time at which they can.
func (o *Outbox) SignalsDecided(ctx context.Context, signals []Signal) (rows []int64, err error) {
	of := map[string][]int64{}
	leads, deliveries := []string{""}, []string{""} // no id is empty, and no list may be
	for _, s := range signals {
		id := s.ConversionID
		if s.DeliveryID != "" {
			id = s.DeliveryID
			deliveries = append(deliveries, id)
		} else {
			leads = append(leads, id)
		}
		of[id] = append(of[id], s.Seq)
	}
	var found []string
	err = o.db.Read(ctx).Raw(`SELECT id FROM conversions WHERE id IN ? AND (decided_at IS NOT NULL OR state <> 'waiting')
		UNION ALL SELECT id FROM deliveries WHERE id IN ? AND (attempts > 0 OR state <> 'pending')`, leads, deliveries).Scan(&found).Error
	for _, id := range found {
		rows = append(rows, of[id]...)
	}
	return rows, o.db.WrapErr("reading which signals are decided", err)
}
