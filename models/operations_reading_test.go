package models_test

import (
	"context"
	"maps"
	"reflect"

	"ringback/conversion"
	"ringback/models"
	"ringback/models/alerting"
	"ringback/models/audit"
	"ringback/models/deliveries"
	"ringback/models/erasing"
	"ringback/models/figures"
	"ringback/models/journeys"
	"ringback/models/judged"
	"ringback/models/modeltest"
	"ringback/models/received"
	"ringback/models/revenue"
	"ringback/models/tracking"
	"ringback/models/visitors"
	"ringback/reports"
	"ringback/touchpoints"
)

// operations are methods of the store as they are used. Each is named by the method, and after
// a colon by what is special about it.
type operations map[string]func(context.Context, *models.Store) error

// with adds other operations.
func (o operations) with(others ...operations) operations {
	for _, some := range others {
		maps.Copy(o, some)
	}
	return o
}

// page is the first page of a list.
var page = models.Page{Limit: 50}

// reading returns what people and programs read of the large site.
func (l *largeSite) reading() operations {
	return operations{}.with(l.conversionsListed(), l.deliveriesListed(), l.sessionsListed(), l.touchpointsListed(), l.reported(), l.settingsRead(), l.crmRead(), l.messagesRead(), operations{
		"Assignments":               l.assignments(tracking.AssignmentFilter{}),
		"Assignments: of a number":  l.assignments(tracking.AssignmentFilter{NumberID: l.number.ID}),
		"Assignments: of a session": l.assignments(tracking.AssignmentFilter{SessionID: "ses_7"}),
		"Audit":                     l.audited(audit.Filter{}),
		"Audit: of a site":          l.audited(audit.Filter{SiteID: l.site.ID}),
		"Audit: of an entity":       l.audited(audit.Filter{Entity: "token"}),
		"Audit: of one entity":      l.audited(audit.Filter{EntityID: "e7"}),
		"Alerts":                    l.alerts(alerting.Filter{}),
		"Alerts: of a site":         l.alerts(alerting.Filter{SiteID: l.site.ID}),
		"Alerts: that are open":     l.alerts(alerting.Filter{Open: true}),
		"CountDecided": func(ctx context.Context, s *models.Store) error {
			_, err := s.CountDecided(ctx, l.decided())
			return err
		},
		"DecidedAfter": func(ctx context.Context, s *models.Store) error {
			_, err := s.DecidedAfter(ctx, l.decided(), judged.Place{}, 50)
			return err
		},
		"CountPerson": func(ctx context.Context, s *models.Store) error {
			_, err := s.CountPerson(ctx, erasing.Scope{AccountID: l.site.AccountID, SiteID: l.site.ID}, erasing.Person{Phone: "+12025557", Email: "p7@example.com"})
			return err
		},
	})
}

// note records which fields of a filter lists are read by.
func (l *largeSite) note(filter any) {
	value := reflect.ValueOf(filter)
	for field := range value.Type().Fields() {
		if !value.FieldByIndex(field.Index).IsZero() {
			l.filters[value.Type().String()+"."+field.Name] = true
		}
	}
}

func (l *largeSite) assignments(f tracking.AssignmentFilter) func(context.Context, *models.Store) error {
	l.note(f)
	return func(ctx context.Context, s *models.Store) error {
		_, _, err := s.Assignments(ctx, l.site.AccountID, l.site.ID, f, page)
		return err
	}
}

func (l *largeSite) audited(f audit.Filter) func(context.Context, *models.Store) error {
	l.note(f)
	return func(ctx context.Context, s *models.Store) error {
		_, _, err := s.Audit(ctx, l.site.AccountID, f, page)
		return err
	}
}

func (l *largeSite) alerts(f alerting.Filter) func(context.Context, *models.Store) error {
	l.note(f)
	return func(ctx context.Context, s *models.Store) error {
		_, _, err := s.Alerts(ctx, l.site.AccountID, f, page)
		return err
	}
}

// decided is a period of a hundredth of all calls and leads.
func (l *largeSite) decided() judged.Decided {
	return judged.Decided{AccountID: l.site.AccountID, SiteID: l.site.ID, From: modeltest.Start.Add(-40 * timeOfOne), To: modeltest.Start.Add(-10 * timeOfOne)}
}

func (l *largeSite) conversionsListed() operations {
	list := func(f models.ConversionFilter) func(context.Context, *models.Store) error {
		f.AccountID, f.SiteID = l.site.AccountID, l.site.ID
		l.note(f)
		return func(ctx context.Context, s *models.Store) error { _, _, err := s.Conversions(ctx, f, page); return err }
	}
	behind := func(f figures.Filter) func(context.Context, *models.Store) error {
		l.note(f)
		return list(models.ConversionFilter{Figure: &f})
	}
	value := func(column, is string) func(context.Context, *models.Store) error {
		return behind(figures.Filter{Values: map[string]string{column: is}})
	}
	since, until := l.earlyIDs()
	longAgo, soonAfter := modeltest.Start.AddDate(-1, 0, 0), modeltest.Start.AddDate(-1, 0, 10)
	days := reports.Period{From: l.today() - 1, To: l.today()}
	found := operations{
		"Conversions":                    list(models.ConversionFilter{}),
		"Conversions: of a kind":         list(models.ConversionFilter{Kind: conversion.KindCall}),
		"Conversions: in a state":        list(models.ConversionFilter{State: models.StateWaiting}),
		"Conversions: done":              list(models.ConversionFilter{State: models.StateDone}),
		"Conversions: of a tag":          list(models.ConversionFilter{Tag: "nobody has it"}),
		"Conversions: of a frequent tag": list(models.ConversionFilter{Tag: "sales"}),
		"Conversions: of a token":        list(models.ConversionFilter{Token: "tok_none"}),
		"Conversions: of an old day":     list(models.ConversionFilter{From: &longAgo, To: &soonAfter}),
		"Conversions: of a long period":  list(models.ConversionFilter{From: &since, To: &until}),
		"Conversions: by external id":    list(models.ConversionFilter{ExternalID: "e7"}),
		"Conversions: of a session":      list(models.ConversionFilter{SessionID: "ses_7"}),
		"Conversions: of a person":       list(models.ConversionFilter{Person: "+12025557"}),
		"Conversions: frequent campaign": value("campaign", "frequent"),
		"Conversions: rare campaign":     value("campaign", "nobody came by it"),
		"Conversions: number":            value("number_id", "num_none"),
		"Conversions: tag of a report":   value("tag", "nobody has it"),
		"Conversions: rare channel of a kind": list(models.ConversionFilter{
			Kind: conversion.KindLead, Figure: &figures.Filter{Values: map[string]string{"channel": "email"}},
		}),
		"Conversions: rare figure":            behind(figures.Filter{Figure: "abandoned"}),
		"Conversions: frequent figure":        behind(figures.Filter{Figure: "leads"}),
		"Conversions: rare figure of sending": behind(figures.Filter{Figure: "failed"}),
		"Conversions: rare reason":            behind(figures.Filter{Reason: "cancelled"}),
		"Conversions: without a visit":        behind(figures.Filter{Only: figures.WithoutVisit}),
		"Conversions: sent nowhere":           behind(figures.Filter{Only: figures.SentNowhere}),
		"Conversions: with late tags":         behind(figures.Filter{Only: figures.LateTags}),
		"Conversions: of an integration":      behind(figures.Filter{IntegrationID: l.to.ID, Figure: "delivered"}),
		"Conversions: of days":                behind(figures.Filter{Figure: "leads", Days: &days}),
		"Conversions: of an hour":             behind(figures.Filter{Figure: "leads", Days: &days, Hour: &figures.HourOfWeek{Weekday: 1, Hour: 9}}),
		"ConversionDetail": func(ctx context.Context, s *models.Store) error {
			_, err := s.ConversionDetail(ctx, l.site.AccountID, "cnv_7")
			return err
		},
		"Bodies": func(ctx context.Context, s *models.Store) error { _, err := s.Bodies(ctx, "cnv_7"); return err },
		"Case":   func(ctx context.Context, s *models.Store) error { _, err := s.Case(ctx, "cnv_7"); return err },
	}
	for _, column := range []string{"channel", "source", "medium", "term", "landing_page", "device", "pool_id", "form", "no_visit"} {
		found["Conversions: rare "+column] = value(column, "none has it")
		found["Conversions: no "+column] = value(column, "")
	}
	return found
}

func (l *largeSite) deliveriesListed() operations {
	list := func(f deliveries.Filter) func(context.Context, *models.Store) error {
		f.AccountID, f.SiteID = l.site.AccountID, l.site.ID
		l.note(f)
		return func(ctx context.Context, s *models.Store) error { _, _, err := s.Deliveries(ctx, f, page); return err }
	}
	since, until := l.earlyIDs()
	longAgo, soonAfter := modeltest.Start.AddDate(-1, 0, 0), modeltest.Start.AddDate(-1, 0, 10)
	return operations{
		"Deliveries":                                list(deliveries.Filter{}),
		"Deliveries: of an integration":             list(deliveries.Filter{IntegrationID: "int_none"}),
		"Deliveries: of the integration of most":    list(deliveries.Filter{IntegrationID: l.to.ID}),
		"Deliveries: of an integration in no state": list(deliveries.Filter{IntegrationID: l.to.ID, State: deliveries.Retrying}),
		"Deliveries: in a state":                    list(deliveries.Filter{State: deliveries.Failed}),
		"Deliveries: of an old day":                 list(deliveries.Filter{From: &longAgo, To: &soonAfter}),
		"Deliveries: of a long period":              list(deliveries.Filter{From: &since, To: &until}),
		"Deliveries: of a conversion":               list(deliveries.Filter{ConversionID: "cnv_7"}),
		"Deliveries: some":                          list(deliveries.Filter{IDs: []string{"dlv_7", "dlv_8"}}),
		"Deliveries: that were resent":              list(deliveries.Filter{Resent: new(true)}),
		"Deliveries: failed that were not resent":   list(deliveries.Filter{Resent: new(false), State: deliveries.Failed}),
		"CountDeliveries: failed": func(ctx context.Context, s *models.Store) error {
			_, err := s.CountDeliveries(ctx, deliveries.Filter{AccountID: l.site.AccountID, SiteID: l.site.ID, State: deliveries.Failed})
			return err
		},
		"Delivery": func(ctx context.Context, s *models.Store) error {
			_, _, err := s.Delivery(ctx, l.site.AccountID, "dlv_7")
			return err
		},
		"Attempts": func(ctx context.Context, s *models.Store) error {
			_, _, _, err := s.Attempts(ctx, l.site.AccountID, "dlv_7", page)
			return err
		},
		"DeliveryForSend": func(ctx context.Context, s *models.Store) error {
			_, _, _, err := s.DeliveryForSend(ctx, "dlv_7")
			return err
		},
		"WaitingDeliveries": func(ctx context.Context, s *models.Store) error {
			_, err := s.WaitingDeliveries(ctx, l.site.ID)
			return err
		},
	}
}

func (l *largeSite) sessionsListed() operations {
	list := func(f visitors.SessionFilter) func(context.Context, *models.Store) error {
		l.note(f)
		return func(ctx context.Context, s *models.Store) error {
			_, _, err := s.Sessions(ctx, l.site.AccountID, l.site.ID, f, page)
			return err
		}
	}
	traffic := func(column, value string) func(context.Context, *models.Store) error {
		return list(visitors.SessionFilter{Traffic: map[string]string{column: value}})
	}
	longAgo, soonAfter := modeltest.Start.AddDate(-1, 0, 0), modeltest.Start.AddDate(-1, 0, 10)
	found := operations{
		"Sessions":                list(visitors.SessionFilter{}),
		"Sessions: of a visitor":  list(visitors.SessionFilter{VisitorID: "visitor-7"}),
		"Sessions: of an old day": list(visitors.SessionFilter{From: &longAgo, To: &soonAfter}),
		"Sessions: of a campaign": traffic("campaign", "frequent"),
		"Session": func(ctx context.Context, s *models.Store) error {
			_, err := s.Session(ctx, l.site.AccountID, l.site.ID, "ses_7")
			return err
		},
		"SessionViews": func(ctx context.Context, s *models.Store) error {
			_, _, err := s.SessionViews(ctx, l.site.AccountID, l.site.ID, "ses_7", page)
			return err
		},
		"SessionResults": func(ctx context.Context, s *models.Store) error {
			_, err := s.SessionResults(ctx, l.site.AccountID, l.site.ID, []string{"ses_1", "ses_2"})
			return err
		},
		"LastVisit": func(ctx context.Context, s *models.Store) error {
			_, err := s.LastVisit(ctx, l.site.AccountID, l.site.ID)
			return err
		},
	}
	for _, column := range []string{"channel", "source", "medium", "campaign"} {
		found["Sessions: of a rare "+column], found["Sessions: of no "+column] = traffic(column, "nobody came by it"), traffic(column, "")
	}
	return found
}

func (l *largeSite) touchpointsListed() operations {
	list := func(f journeys.TouchpointFilter) func(context.Context, *models.Store) error {
		f.AccountID, f.SiteID = l.site.AccountID, l.site.ID
		l.note(f)
		return func(ctx context.Context, s *models.Store) error { _, _, err := s.Touchpoints(ctx, f, page); return err }
	}
	calls := func(f journeys.CallFilter) func(context.Context, *models.Store) error {
		f.AccountID, f.SiteID = l.site.AccountID, l.site.ID
		l.note(f)
		return func(ctx context.Context, s *models.Store) error { _, _, err := s.Calls(ctx, f, page); return err }
	}
	longAgo, soonAfter := modeltest.Start.AddDate(-1, 0, 0), modeltest.Start.AddDate(-1, 0, 10)
	found := operations{
		"Touchpoints":                      list(journeys.TouchpointFilter{}),
		"Touchpoints: of a person":         list(journeys.TouchpointFilter{PersonID: "crm_7"}),
		"Touchpoints: of a session":        list(journeys.TouchpointFilter{SessionID: "ses_7"}),
		"Touchpoints: of a conversion":     list(journeys.TouchpointFilter{ConversionID: "cnv_7", All: true}),
		"Touchpoints: of a kind":           list(journeys.TouchpointFilter{Kind: touchpoints.Call}),
		"Touchpoints: of a type":           list(journeys.TouchpointFilter{Type: "nothing has it"}),
		"Touchpoints: of a source":         list(journeys.TouchpointFilter{Source: "nothing has it"}),
		"Touchpoints: of a medium":         list(journeys.TouchpointFilter{Medium: "nothing has it"}),
		"Touchpoints: of a channel":        list(journeys.TouchpointFilter{Channel: "nothing has it"}),
		"Touchpoints: of most":             list(journeys.TouchpointFilter{Channel: "Direct"}),
		"Touchpoints: of a subchannel":     list(journeys.TouchpointFilter{Subchannel: "nothing has it"}),
		"Touchpoints: of a campaign":       list(journeys.TouchpointFilter{Campaign: "nothing has it"}),
		"Touchpoints: at a position":       list(journeys.TouchpointFilter{Position: touchpoints.LeadCreation}),
		"Touchpoints: of an old day":       list(journeys.TouchpointFilter{From: &longAgo, To: &soonAfter}),
		"Touchpoints: of old days":         list(journeys.TouchpointFilter{DayFrom: "2025-03-02", DayTo: "2025-03-12"}),
		"Touchpoints: with credit":         list(journeys.TouchpointFilter{OpportunityID: "opp_7"}),
		"Touchpoints: with credit by one":  list(journeys.TouchpointFilter{OpportunityID: "opp_7", Model: "first_touch"}),
		"Touchpoints: suppressed":          list(journeys.TouchpointFilter{Suppressed: true}),
		"Calls":                            calls(journeys.CallFilter{}),
		"Calls: of an outcome":             calls(journeys.CallFilter{Outcome: touchpoints.Merged}),
		"Calls: of old days":               calls(journeys.CallFilter{DayFrom: "2025-03-02", DayTo: "2025-03-12"}),
		"Calls: of an outcome on old days": calls(journeys.CallFilter{Outcome: touchpoints.Merged, DayFrom: "2025-03-02", DayTo: "2025-03-12"}),
		"CallOutcome": func(ctx context.Context, s *models.Store) error {
			_, err := s.CallOutcome(ctx, l.site.AccountID, l.site.ID, "cnv_77")
			return err
		},
		"PersonJourney": func(ctx context.Context, s *models.Store) error {
			_, _, err := s.PersonJourney(ctx, l.site.AccountID, l.site.ID, "crm_7", page)
			return err
		},
		"OpportunityJourney": func(ctx context.Context, s *models.Store) error {
			_, err := s.OpportunityJourney(ctx, l.site.AccountID, l.site.ID, "opp_7", page)
			return err
		},
	}
	return found
}

// today is the local day of the large site's reports.
func (l *largeSite) today() reports.Day {
	return reports.DayOf(modeltest.Start, reports.Zone(l.site.TimeZone))
}

func (l *largeSite) reported() operations {
	span := reports.Period{From: l.today() - 6, To: l.today()}.Elapsed(l.today())
	counted := func(q figures.Query) func(context.Context, *models.Store) error {
		q.Span = span
		return func(ctx context.Context, s *models.Store) error {
			_, err := s.Counts(ctx, l.site.AccountID, l.site.ID, q)
			return err
		}
	}
	earned := func(q revenue.Query) func(context.Context, *models.Store) error {
		q.Span = span
		return func(ctx context.Context, s *models.Store) error {
			_, err := s.Revenue(ctx, l.site.AccountID, l.site.ID, q)
			return err
		}
	}
	found := operations{
		"EachCount": func(ctx context.Context, s *models.Store) error {
			return s.EachCount(ctx, l.site.AccountID, l.site.ID, figures.Query{Dimension: figures.Campaign, Span: span, ByDay: true}, func(figures.Row) error { return nil })
		},
		"Keys": func(ctx context.Context, s *models.Store) error {
			_, err := s.Keys(ctx, l.site.AccountID, l.site.ID, figures.Query{Dimension: figures.Campaign, Span: span, OrderBy: "leads", Limit: 50})
			return err
		},
		"Sends": func(ctx context.Context, s *models.Store) error {
			_, _, err := s.Sends(ctx, l.site.AccountID, l.site.ID, span)
			return err
		},
		"SendsByDay": func(ctx context.Context, s *models.Store) error {
			_, err := s.SendsByDay(ctx, l.site.AccountID, l.site.ID, span)
			return err
		},
		"EachRevenue": func(ctx context.Context, s *models.Store) error {
			return s.EachRevenue(ctx, l.site.AccountID, l.site.ID, revenue.Query{Dimension: revenue.Campaign, Span: span}, func(revenue.Value) error { return nil })
		},
		"ReadRevenue": func(ctx context.Context, s *models.Store) error {
			return s.ReadRevenue(ctx, l.site.AccountID, l.site.ID, revenue.Campaign, func(ask revenue.Ask) error {
				_, err := ask(revenue.Query{Dimension: revenue.Campaign, Span: span})
				return err
			})
		},
		"RevenueZone": func(ctx context.Context, s *models.Store) error {
			_, err := s.RevenueZone(ctx, l.site.AccountID, l.site.ID)
			return err
		},
		"SeriesOf": func(ctx context.Context, s *models.Store) error {
			_, _, err := s.SeriesOf(ctx, l.site.AccountID, l.site.ID)
			return err
		},
		"PoolUse": func(ctx context.Context, s *models.Store) error {
			_, err := s.PoolUse(ctx, l.site.AccountID, l.site.ID, modeltest.Start)
			return err
		},
		"Delays": func(ctx context.Context, s *models.Store) error {
			_, err := s.Delays(ctx, l.site.ID, "nobody")
			return err
		},
		"Activity": func(ctx context.Context, s *models.Store) error {
			_, _, err := s.Activity(ctx, l.site.ID, "callrail")
			return err
		},
	}
	for _, d := range []figures.Dimension{
		figures.Whole, figures.Hour, figures.Channel, figures.Source, figures.Campaign, figures.Term, figures.LandingPage, figures.Device, figures.Number,
		figures.Pool, figures.Form, figures.Tag, figures.WhyNoVisit,
	} {
		found["Counts: "+string(d)] = counted(figures.Query{Dimension: d, ByDay: true})
	}
	for _, d := range []revenue.Dimension{revenue.Whole, revenue.Channel, revenue.Subchannel, revenue.Source, revenue.Medium, revenue.Campaign, revenue.Outcome} {
		found["Revenue: "+string(d)] = earned(revenue.Query{Dimension: d, ByDay: true})
	}
	return found
}

// messagesRead returns what is read of messages that could not be read.
func (l *largeSite) messagesRead() operations {
	list := func(f received.UnreadFilter) func(context.Context, *models.Store) error {
		f.AccountID, f.SiteID = l.site.AccountID, l.site.ID
		l.note(f)
		return func(ctx context.Context, s *models.Store) error {
			_, _, err := s.UnreadMessages(ctx, f, page)
			return err
		}
	}
	longAgo, soonAfter := modeltest.Start.AddDate(-1, 0, 0), modeltest.Start.AddDate(-1, 0, 10)
	return operations{
		"UnreadMessages":                list(received.UnreadFilter{}),
		"UnreadMessages: of a source":   list(received.UnreadFilter{Source: "twilio"}),
		"UnreadMessages: of a code":     list(received.UnreadFilter{Code: "bad_time"}),
		"UnreadMessages: of an old day": list(received.UnreadFilter{From: &longAgo, To: &soonAfter}),
		"UnreadMessage": func(ctx context.Context, s *models.Store) error {
			_, err := s.UnreadMessage(ctx, l.site.AccountID, l.site.ID, "unr_7")
			return err
		},
		"OldestUnread": func(ctx context.Context, s *models.Store) error {
			_, err := s.OldestUnread(ctx, received.UnreadFilter{AccountID: l.site.AccountID, SiteID: l.site.ID}, "", 50)
			return err
		},
		"Unread": func(ctx context.Context, s *models.Store) error {
			_, err := s.Unread(ctx, l.site.ID, "callrail")
			return err
		},
		"UnreadBySource": func(ctx context.Context, s *models.Store) error {
			_, err := s.UnreadBySource(ctx, l.site.AccountID, l.site.ID)
			return err
		},
		"Last": func(ctx context.Context, s *models.Store) error {
			_, err := s.Last(ctx, l.site.ID, "callrail")
			return err
		},
	}
}
