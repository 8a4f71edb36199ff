package models_test

import (
	"context"
	"errors"
	"time"

	"ringback/conversion"
	"ringback/internal/delivery"
	"ringback/internal/ids"
	"ringback/internal/unread"
	"ringback/models"
	"ringback/models/alerting"
	"ringback/models/crm"
	"ringback/models/deliveries"
	"ringback/models/erasing"
	"ringback/models/journeys"
	"ringback/models/modeltest"
	"ringback/models/notices"
	"ringback/models/readings"
	"ringback/models/received"
	"ringback/models/reconciliations"
	"ringback/models/visitors"
	"ringback/visits"
)

// words write no message.
type words struct{}

func (words) Mail(string, []alerting.Incident) (subject, text string) { return "", "" }
func (words) Body(string, alerting.Incident) string                   { return "{}" }

// workflow returns the id of a workflow of a part of a site.
func workflow(site, part string) string { return "sample/" + site + "/" + part }

// resent returns the id of the workflow of a resend.
func resent(id string, _ int) string { return "resend/" + id }

// taking returns what the pipeline does for a call, a lead, a visit and a delivery.
func (l *largeSite) taking() operations {
	site := l.site.ID
	return operations{
		"AcceptLead": func(ctx context.Context, s *models.Store) error { return l.accept(ctx, s, ids.New("lead")) },
		"AcceptCallEvent": func(ctx context.Context, s *models.Store) error {
			event := conversion.CallEvent{ID: "started", Type: conversion.EventStarted, At: modeltest.Start, Caller: "+12025557", TrackingNumber: l.number.Number}
			_, err := s.AcceptCallEvent(ctx, modeltest.CallEvent(l.site, ids.New("call"), event))
			return err
		},
		"RecordActivity, ShowNumbers": func(ctx context.Context, s *models.Store) error {
			plan, err := s.SitePlan(ctx, l.site.ScriptKey)
			if err != nil {
				return err
			}
			_, err = s.RecordActivity(ctx, plan, models.Activity{WantsNumbers: true, Activity: visitors.Activity{
				VisitorID: ids.New("visitor"), HitID: ids.New("hit"), VisitorIDs: map[string]string{"bizible": ids.New("biz")},
				Hit: visits.Hit{At: modeltest.Start.Add(later), URL: "https://www.example.com/"},
			}})
			return err
		},
		"RecordActivity: of a known visitor": func(ctx context.Context, s *models.Store) error {
			plan, err := s.SitePlan(ctx, l.site.ScriptKey)
			if err != nil {
				return err
			}
			_, err = s.RecordActivity(ctx, plan, models.Activity{Activity: visitors.Activity{
				VisitorID: "visitor-9", HitID: ids.New("hit"), Hit: visits.Hit{At: modeltest.Start.Add(later), URL: "https://www.example.com/"},
			}})
			return err
		},
		"StoreVisitorIDs": func(ctx context.Context, s *models.Store) error {
			return s.StoreVisitorIDs(ctx, site, "visitor-9", map[string]string{"bizible": ids.New("biz")}, modeltest.Start)
		},
		"LinkIdentities": func(ctx context.Context, s *models.Store) error {
			return s.LinkIdentities(ctx, site, "+12025559", "visitor-9")
		},
		"Visits, Earlier, SaveDecisions, BeginAttempt, EndAttempt, FinishConversion": func(ctx context.Context, s *models.Store) error {
			return l.decide(ctx, s)
		},
		"DeferDelivery, PauseDelivery, GiveUpDelivery": func(ctx context.Context, s *models.Store) error {
			d, err := l.undelivered(ctx, s)
			if err != nil {
				return err
			}
			until := modeltest.Start.Add(3 * time.Hour)
			if err := s.DeferDelivery(ctx, d.ID, example, until); err != nil {
				return err
			}
			if err := s.PauseDelivery(ctx, d.ID, example, until); err != nil {
				return err
			}
			_, err = s.GiveUpDelivery(ctx, d.ID, example)
			return err
		},
		"Resend": func(ctx context.Context, s *models.Store) error {
			_, _, err := s.Resend(ctx, l.actor, l.site.AccountID, l.nextOf("dlv_", 10), resent)
			return err
		},
		"ResendMany": func(ctx context.Context, s *models.Store) error {
			_, err := s.ResendMany(ctx, l.actor, deliveries.Filter{AccountID: l.site.AccountID, SiteID: site, IDs: []string{l.nextOf("dlv_", 10)}, State: deliveries.Failed}, 1, resent)
			return err
		},
		"RetryDelivery": func(ctx context.Context, s *models.Store) error {
			d, err := l.undelivered(ctx, s)
			if err != nil {
				return err
			}
			if err := s.PauseDelivery(ctx, d.ID, example, modeltest.Start.Add(9*time.Hour)); err != nil {
				return err
			}
			_, err = s.RetryDelivery(ctx, l.actor, l.site.AccountID, d.ID)
			return err
		},
		"RetryIntegration": func(ctx context.Context, s *models.Store) error {
			_, err := s.RetryIntegration(ctx, l.actor, l.site.AccountID, l.to.ID)
			return err
		},
		"ReserveDay, ReserveSends": func(ctx context.Context, s *models.Store) error {
			_, _, err := s.ReserveDay(ctx, l.site.AccountID)
			return err
		},
		"JoinFleet, BeatFleet, ClaimSlots, SetOpenHosts, RemoveWorker, LeaveFleet": func(ctx context.Context, s *models.Store) error {
			return l.joinAndLeave(ctx, s)
		},
		"AddNotice, DueNotices, PostponeNotice, DeleteNotice": func(ctx context.Context, s *models.Store) error {
			if err := s.AddNotice(ctx, notices.MailTo("person@example.com", "Sample", "Sample")); err != nil {
				return err
			}
			due, err := s.DueNotices(ctx, []notices.Channel{notices.Mail}, 10, time.Minute)
			if err != nil || len(due) == 0 {
				return errors.Join(err, errNothing(len(due)))
			}
			if err := s.PostponeNotice(ctx, due[0].ID, modeltest.Start.AddDate(1, 0, 0)); err != nil {
				return err
			}
			return s.DeleteNotice(ctx, due[0].ID)
		},
		"StoreUnread, StillUnread, RemoveRead, DeleteUnread": func(ctx context.Context, s *models.Store) error {
			m := received.UnreadMessage{SiteID: site, Source: "callrail", Body: []byte(ids.New("body")), Reason: unread.Defect{Code: unread.BadTime}, ReceivedAt: modeltest.Start}
			if _, err := s.StoreUnread(ctx, &m); err != nil {
				return err
			}
			if err := s.StillUnread(ctx, m, unread.Defect{Code: unread.Missing}); err != nil {
				return err
			}
			if err := s.RemoveRead(ctx, site, m.ID); err != nil {
				return err
			}
			return s.DeleteUnread(ctx, l.actor, site, l.next("unr_"))
		},
		"KeepLast, NoteMessage, Refuse": func(ctx context.Context, s *models.Store) error {
			return errors.Join(s.KeepLast(ctx, received.LastMessage{SiteID: site, Source: "callrail", ReceivedAt: modeltest.Start}),
				s.NoteMessage(ctx, site, "callrail", modeltest.Start.Add(later)), s.Refuse(ctx, site, "callrail"))
		},
	}
}

// errNothing returns an error if there is none of something.
func errNothing(n int) error {
	if n == 0 {
		return errors.New("nothing was found")
	}
	return nil
}

func (l *largeSite) accept(ctx context.Context, s *models.Store, externalID string) error {
	_, err := s.AcceptLead(ctx, modeltest.Lead(l.site, externalID))
	return err
}

// undelivered accepts a lead and decides to send it.
func (l *largeSite) undelivered(ctx context.Context, s *models.Store) (deliveries.Delivery, error) {
	accepted, err := s.AcceptLead(ctx, modeltest.Lead(l.site, ids.New("lead")))
	if err != nil {
		return deliveries.Delivery{}, err
	}
	standing, err := s.SaveDecisions(ctx, modeltest.Sending(accepted.ConversionID, l.to))
	if err != nil {
		return deliveries.Delivery{}, err
	}
	return standing.Deliveries[0], errNothing(len(standing.Deliveries))
}

// decide accepts a lead and does all that follows.
func (l *largeSite) decide(ctx context.Context, s *models.Store) error {
	d, err := l.undelivered(ctx, s)
	if err != nil {
		return err
	}
	of, err := s.Case(ctx, d.ConversionID)
	if err != nil {
		return err
	}
	if _, err := s.Visits(ctx, of); err != nil {
		return err
	}
	if _, err := s.Earlier(ctx, of); err != nil {
		return err
	}
	begun, err := s.BeginAttempt(ctx, d.ID, time.Minute)
	if err != nil {
		return err
	}
	err = s.EndAttempt(ctx, deliveries.AttemptEnd{
		Attempt: deliveries.Attempt{DeliveryID: d.ID, Number: begun.Number, StartedAt: modeltest.Start}, State: deliveries.Delivered, Last: true,
	})
	return errors.Join(err, s.FinishConversion(ctx, d.ConversionID))
}

func (l *largeSite) joinAndLeave(ctx context.Context, s *models.Store) error {
	worker := ids.New(ids.Worker)
	if _, err := s.JoinFleet(ctx, worker); err != nil {
		return err
	}
	beat, err := s.BeatFleet(ctx, worker)
	if err != nil {
		return err
	}
	_, _, err = s.ClaimSlots(ctx, worker, l.to.ID, func([]delivery.Holding) delivery.Holding { return delivery.Holding{Slots: 1, Wants: 1} })
	return errors.Join(err, s.SetOpenHosts(ctx, worker, map[string]int{"hooks.example.com": 1}),
		s.RemoveWorker(ctx, worker, beat.Workers[worker]), s.LeaveFleet(ctx, worker))
}

// background returns what processes do by themselves, and what ends rows.
func (l *largeSite) background() operations {
	site, now := l.site.ID, modeltest.Start.Add(later)
	id := func(site, source string) string { return workflow(site, source) }
	return operations{
		"RequeueStuck": func(ctx context.Context, s *models.Store) error { _, err := s.RequeueStuck(ctx, now, 500); return err },
		"DueSignals, KeepSignals, PostponeSignals, ReleaseSignals, SignalsDecided, SignalsDone": func(ctx context.Context, s *models.Store) error {
			return l.sweep(ctx, s)
		},
		"OutboxStats": func(ctx context.Context, s *models.Store) error { _, _, err := s.OutboxStats(ctx); return err },
		"OpenConversions": each(func(s *models.Store) func(context.Context) (map[models.ConversionState]int64, error) {
			return s.OpenConversions
		}),
		"ClockOffsets": each(func(s *models.Store) func(context.Context) (map[string]int, error) { return s.ClockOffsets }),
		"MarksWaiting": each(func(s *models.Store) func(context.Context) (journeys.Backlog, error) { return s.MarksWaiting }),
		"Due": func(ctx context.Context, s *models.Store) error {
			_, err := s.Due(ctx, []notices.Channel{notices.Mail})
			return err
		},
		"SilentSources": func(ctx context.Context, s *models.Store) error { _, err := s.SilentSources(ctx, now); return err },
		"WatchAlerts":   func(ctx context.Context, s *models.Store) error { _, err := s.WatchAlerts(ctx, words{}); return err },
		"Work":          each(func(s *models.Store) func(context.Context) (bool, error) { return s.Work }),
		"WorkJourneys":  each(func(s *models.Store) func(context.Context) (bool, error) { return s.WorkJourneys }),
		"WorkRevenue":   each(func(s *models.Store) func(context.Context) (bool, error) { return s.WorkRevenue }),
		"Marks, MarksDone": func(ctx context.Context, s *models.Store) error {
			marks, err := s.Marks(ctx, 50, journeys.MarkTask)
			return errors.Join(err, s.MarksDone(ctx, marks))
		},
		"Build, BeingBuilt": each(func(s *models.Store) func(context.Context) (int, error) {
			return func(ctx context.Context) (int, error) { all, err := s.BeingBuilt(ctx); return len(all), err }
		}),
		"RequeueRecomputing": func(ctx context.Context, s *models.Store) error {
			_, err := s.RequeueRecomputing(ctx, now, 50)
			return err
		},
		"RequeueReadings": func(ctx context.Context, s *models.Store) error {
			_, err := s.RequeueReadings(ctx, now, 50, id)
			return err
		},
		"RequeueReconciliations": func(ctx context.Context, s *models.Store) error {
			_, err := s.RequeueReconciliations(ctx, now, 50, id)
			return err
		},
		"Rebuild": one("site_7", func(s *models.Store) func(context.Context, string) (journeys.Progress, error) { return s.Rebuild }),
		"PruneVisits": func(ctx context.Context, s *models.Store) error {
			_, err := s.PruneVisits(ctx, 500, modeltest.NewProgress())
			return err
		},
		"Expire":         func(ctx context.Context, s *models.Store) error { return s.Expire(ctx, modeltest.NewProgress()) },
		"PruneForgotten": func(ctx context.Context, s *models.Store) error { return s.PruneForgotten(ctx) },
		"PruneJudged":    func(ctx context.Context, s *models.Store) error { return s.PruneJudged(ctx) },
		"Prune": func(ctx context.Context, s *models.Store) error {
			return s.Prune(ctx, site, modeltest.Start.AddDate(-1, 0, 0))
		},
		"ForgetVisitor": func(ctx context.Context, s *models.Store) error {
			return s.ForgetVisitor(ctx, site, l.next("visitor-"))
		},
		"ErasePerson": func(ctx context.Context, s *models.Store) error {
			n := l.next("")
			scope, person := erasing.Scope{AccountID: l.site.AccountID, SiteID: site}, erasing.Person{Phone: "+1202555" + n, Email: "p" + n + "@example.com"}
			count, err := s.CountPerson(ctx, scope, person)
			if err != nil {
				return err
			}
			_, err = s.ErasePerson(ctx, l.actor, scope, person, count.Total())
			return err
		},
		"CheckSchema, CheckHookKeys, SealHookKeys, Ping": func(ctx context.Context, s *models.Store) error {
			return errors.Join(s.CheckSchema(ctx), s.CheckHookKeys(ctx), s.SealHookKeys(ctx), s.Ping(ctx))
		},
	}
}

// sweep accepts a lead, and does what the relay does with its signal.
func (l *largeSite) sweep(ctx context.Context, s *models.Store) error {
	if err := l.accept(ctx, s, ids.New("lead")); err != nil {
		return err
	}
	now := modeltest.Start.Add(later)
	due, err := s.DueSignals(ctx, now, 500, time.Minute)
	if err != nil || len(due) == 0 {
		return errors.Join(err, errNothing(len(due)))
	}
	var seqs []int64
	for _, signal := range due {
		seqs = append(seqs, signal.Seq)
	}
	_, err = s.KeepSignals(ctx, seqs, now.Add(2*time.Minute))
	_, decided := s.SignalsDecided(ctx, due)
	return errors.Join(err, decided, s.PostponeSignals(ctx, seqs, now.Add(time.Hour)), s.ReleaseSignals(ctx, seqs, now), s.SignalsDone(ctx, seqs))
}

// crmChanged returns what readers of CRMs and providers store.
func (l *largeSite) crmChanged() operations {
	account, site := l.site.AccountID, l.site.ID
	id := func(site, part string) string { return workflow(site, part) }
	return operations{
		"PutCRMPerson": func(ctx context.Context, s *models.Store) error {
			return s.PutCRMPerson(ctx, account, &crm.Person{SiteID: site, ExternalID: ids.New("person"), Phone: "+12025557", Email: "p8@example.com", Account: "a7"})
		},
		"PutCRMPeople": func(ctx context.Context, s *models.Store) error {
			_, err := s.PutCRMPeople(ctx, account, site, []crm.Person{{SiteID: site, ExternalID: "p7", Phone: "+12025557"}, {SiteID: site, ExternalID: ids.New("person")}})
			return err
		},
		"PutOpportunity": func(ctx context.Context, s *models.Store) error {
			return s.PutOpportunity(ctx, account, &crm.Opportunity{SiteID: site, ExternalID: ids.New("opportunity"), Account: "a7", OpenedAt: modeltest.Start})
		},
		"PutCRMOpportunities": func(ctx context.Context, s *models.Store) error {
			_, err := s.PutCRMOpportunities(ctx, account, site, []crm.Opportunity{{SiteID: site, ExternalID: "o7", OpenedAt: modeltest.Start}})
			return err
		},
		"PutTasks": func(ctx context.Context, s *models.Store) error {
			_, err := s.PutTasks(ctx, account, site, []journeys.Task{{ExternalID: "t7", Type: ids.New("type")}})
			return err
		},
		"DeleteCRMPerson": func(ctx context.Context, s *models.Store) error {
			return s.DeleteCRMPerson(ctx, account, site, l.next("crm_"))
		},
		"DeleteOpportunity": func(ctx context.Context, s *models.Store) error {
			return s.DeleteOpportunity(ctx, account, site, l.next("opp_"))
		},
		"RequestReading, BeginRun, StorePage, EndObject, EndRun": func(ctx context.Context, s *models.Store) error {
			if err := s.RequestReading(ctx, account, site, l.to.ID, id); err != nil {
				return err
			}
			run, err := s.BeginRun(ctx, site, l.to.ID, "key", []string{"Task"}, time.Minute)
			if err != nil {
				return err
			}
			_, err = s.StorePage(ctx, &run, &run.Objects[0], readings.Page{
				Tasks: []journeys.Task{{ExternalID: "t8"}}, People: []crm.Person{{SiteID: site, ExternalID: "p8"}}, GonePeople: []string{"p9"}, GoneOpportunities: []string{"o9"},
			}, time.Minute)
			return errors.Join(err, s.EndObject(ctx, &run, &run.Objects[0], modeltest.Start, delivery.Reason{}), s.EndRun(ctx, &run, readings.Outcome{State: readings.Done}))
		},
		"RequestReconciliation, BeginReconciliation, CountListRequest, PlanListedPage, StoreListedPage, EndReconciliation": func(ctx context.Context, s *models.Store) error {
			if err := s.RequestReconciliation(ctx, account, site, "callrail", id); err != nil {
				return err
			}
			run, err := s.BeginReconciliation(ctx, reconciliations.Beginning{SiteID: site, Source: "callrail", Account: "a", Alive: time.Minute})
			if err != nil {
				return err
			}
			_, err = s.CountListRequest(ctx, &run, 60)
			return errors.Join(err, s.PlanListedPage(ctx, &run, 1), s.StoreListedPage(ctx, &run, reconciliations.Page{Alive: time.Minute}),
				s.EndReconciliation(ctx, &run, reconciliations.Outcome{State: reconciliations.Done}))
		},
	}
}

// partsOf are methods that are no operation of their own, each with the reason.
var partsOf = map[string]string{
	"Close":               "closes connections",
	"Connections":         "asks no database",
	"DefaultLimits":       "asks no database",
	"IntegrationTokens":   "returns what reads one row by its key",
	"Watched":             "a test's",
	"MigrateTo":           "a test's",
	"Multiply":            "a test's",
	"CreateFirstAdmin":    "is done once, before there is anything",
	"ShowNumbersTogether": "the part of RecordActivity that shows numbers",
	"Reseal":              "a command after a change of keys, which reads all credentials",
	"RequeueAll":          "a command after a restored backup, which reads all that is not done, in pieces",
}
