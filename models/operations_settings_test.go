package models_test

import (
	"context"
	"time"

	"ringback/internal/ids"
	"ringback/models"
	"ringback/models/accounts"
	"ringback/models/alerting"
	"ringback/models/erasing"
	"ringback/models/integrations"
	"ringback/models/journeys"
	"ringback/models/modeltest"
	"ringback/models/quotas"
	"ringback/models/revenue"
	"ringback/models/savedviews"
	"ringback/models/tracking"
	"ringback/models/users"
	"ringback/models/websessions"
	"ringback/models/websites"
	"ringback/reports"
	"ringback/touchpoints/attribution"
	"ringback/touchpoints/credit"
)

// of returns an operation that reads something of a site of an account.
func of[T any](account, site string, read func(*models.Store) func(ctx context.Context, account, site string) (T, error)) func(context.Context, *models.Store) error {
	return func(ctx context.Context, s *models.Store) error {
		_, err := read(s)(ctx, account, site)
		return err
	}
}

// one returns an operation that reads something by one id.
func one[T any](id string, read func(*models.Store) func(ctx context.Context, id string) (T, error)) func(context.Context, *models.Store) error {
	return func(ctx context.Context, s *models.Store) error {
		_, err := read(s)(ctx, id)
		return err
	}
}

// first returns an operation that reads the first page of a list.
func first[T any](id string, read func(*models.Store) func(ctx context.Context, id string, page models.Page) ([]T, string, error)) func(context.Context, *models.Store) error {
	return func(ctx context.Context, s *models.Store) error {
		_, _, err := read(s)(ctx, id, page)
		return err
	}
}

// firstOf returns an operation that reads the first page of a list of a site.
func firstOf[T any](account, site string, read func(*models.Store) func(ctx context.Context, account, site string, page models.Page) ([]T, string, error)) func(context.Context, *models.Store) error {
	return func(ctx context.Context, s *models.Store) error {
		_, _, err := read(s)(ctx, account, site, page)
		return err
	}
}

// each returns an operation that reads something of everything.
func each[T any](read func(*models.Store) func(ctx context.Context) (T, error)) func(context.Context, *models.Store) error {
	return func(ctx context.Context, s *models.Store) error {
		_, err := read(s)(ctx)
		return err
	}
}

// settingsRead returns what is read of accounts, users and settings.
func (l *largeSite) settingsRead() operations {
	account, site := l.site.AccountID, l.site.ID
	return operations{
		"Account":        one(account, func(s *models.Store) func(context.Context, string) (accounts.Account, error) { return s.Account }),
		"AccountOfSite":  one(site, func(s *models.Store) func(context.Context, string) (string, error) { return s.AccountOfSite }),
		"Accounts":       func(ctx context.Context, s *models.Store) error { _, _, err := s.Accounts(ctx, page); return err },
		"AccountsOf":     one(l.user.ID, func(s *models.Store) func(context.Context, string) ([]users.Membership, error) { return s.AccountsOf }),
		"Access":         one(l.session, func(s *models.Store) func(context.Context, string) (users.Access, error) { return s.Access }),
		"AlertSettings":  one(account, func(s *models.Store) func(context.Context, string) (alerting.Settings, error) { return s.AlertSettings }),
		"Breaker":        one(l.to.ID, func(s *models.Store) func(context.Context, string) (integrations.Breaker, error) { return s.Breaker }),
		"DefaultAccount": each(func(s *models.Store) func(context.Context) (accounts.Account, error) { return s.DefaultAccount }),
		"Generations": of(account, site, func(s *models.Store) func(context.Context, string, string) ([]journeys.Generation, error) {
			return s.Generations
		}),
		"Integration": func(ctx context.Context, s *models.Store) error {
			_, err := s.Integration(ctx, account, site, l.to.ID)
			return err
		},
		"IntegrationOfAnyAccount": func(ctx context.Context, s *models.Store) error {
			_, _, err := s.IntegrationOfAnyAccount(ctx, l.to.ID)
			return err
		},
		"IntegrationVersions": func(ctx context.Context, s *models.Store) error {
			_, _, err := s.IntegrationVersions(ctx, account, site, l.to.ID, page)
			return err
		},
		"Integrations": firstOf(account, site, func(s *models.Store) func(context.Context, string, string, models.Page) ([]integrations.Integration, string, error) {
			return s.Integrations
		}),
		"InvitationFor": one("i7@example.com", func(s *models.Store) func(context.Context, string) (users.Link, error) { return s.InvitationFor }),
		"Invitations": first(account, func(s *models.Store) func(context.Context, string, models.Page) ([]users.Link, string, error) {
			return s.Invitations
		}),
		"IsOnlyOf": of(account, "usr_7", func(s *models.Store) func(context.Context, string, string) (bool, error) { return s.IsOnlyOf }),
		"LimitsOf": one(account, func(s *models.Store) func(context.Context, string) (quotas.Limits, error) { return s.LimitsOf }),
		"Member":   of(account, "usr_7", func(s *models.Store) func(context.Context, string, string) (users.Member, error) { return s.Member }),
		"Members": first(account, func(s *models.Store) func(context.Context, string, models.Page) ([]users.Member, string, error) {
			return s.Members
		}),
		"Number": func(ctx context.Context, s *models.Store) error {
			_, err := s.Number(ctx, account, site, l.number.ID)
			return err
		},
		"Numbers": firstOf(account, site, func(s *models.Store) func(context.Context, string, string, models.Page) ([]tracking.Number, string, error) {
			return s.Numbers
		}),
		"OpenBreakers": each(func(s *models.Store) func(context.Context) ([]models.OpenBreaker, error) { return s.OpenBreakers }),
		"Pool": func(ctx context.Context, s *models.Store) error {
			_, err := s.Pool(ctx, account, site, l.pool.ID)
			return err
		},
		"Pools": firstOf(account, site, func(s *models.Store) func(context.Context, string, string, models.Page) ([]tracking.Pool, string, error) {
			return s.Pools
		}),
		"Rates": of(account, site, func(s *models.Store) func(context.Context, string, string) (journeys.Rates, error) { return s.Rates }),
		"Retention": of(account, site, func(s *models.Store) func(context.Context, string, string) (erasing.Retention, error) {
			return s.Retention
		}),
		"SavedViews": firstOf(l.user.ID, site, func(s *models.Store) func(context.Context, string, string, models.Page) ([]savedviews.View, string, error) {
			return s.SavedViews
		}),
		"Serving": one(site, func(s *models.Store) func(context.Context, string) (int64, error) { return s.Serving }),
		"SessionsOf": first(l.user.ID, func(s *models.Store) func(context.Context, string, models.Page) ([]users.Session, string, error) {
			return s.SessionsOf
		}),
		"Site": of(account, site, func(s *models.Store) func(context.Context, string, string) (websites.Site, error) { return s.Site }),
		"SiteBreakers": one(site, func(s *models.Store) func(context.Context, string) (map[string]integrations.Breaker, error) {
			return s.SiteBreakers
		}),
		"SitePlan": one(l.site.ScriptKey, func(s *models.Store) func(context.Context, string) (websites.Plan, error) { return s.SitePlan }),
		"Sites": first(account, func(s *models.Store) func(context.Context, string, models.Page) ([]websites.Site, string, error) {
			return s.Sites
		}),
		"Source": func(ctx context.Context, s *models.Store) error {
			_, err := s.Source(ctx, account, site, "callrail")
			return err
		},
		"SourceByHookKey": func(ctx context.Context, s *models.Store) error {
			_, _, err := s.SourceByHookKey(ctx, l.source.HookKey)
			return err
		},
		"Sources": of(account, site, func(s *models.Store) func(context.Context, string, string) ([]websites.Source, error) {
			return s.Sources
		}),
		"TokenByID": one("tok_7", func(s *models.Store) func(context.Context, string) (accounts.Token, error) { return s.TokenByID }),
		"Tokens": first(account, func(s *models.Store) func(context.Context, string, models.Page) ([]accounts.Token, string, error) {
			return s.Tokens
		}),
		"Usage": one(account, func(s *models.Store) func(context.Context, string) (map[quotas.Name]quotas.Used, error) {
			return s.Usage
		}),
		"User":        one(l.user.ID, func(s *models.Store) func(context.Context, string) (users.User, error) { return s.User }),
		"UserByEmail": one("u7@example.com", func(s *models.Store) func(context.Context, string) (users.User, error) { return s.UserByEmail }),
		"WebSession": func(ctx context.Context, s *models.Store) error {
			_, _, err := s.WebSession(ctx, "web_7")
			return err
		},
	}
}

// crmRead returns what is read of CRMs.
func (l *largeSite) crmRead() operations {
	account, site := l.site.AccountID, l.site.ID
	days := reports.Period{From: l.today() - 1, To: l.today() - 1}
	people := func(behind ...revenue.Behind) func(context.Context, *models.Store) error {
		return func(ctx context.Context, s *models.Store) error {
			_, _, err := s.CRMPeople(ctx, account, site, page, behind...)
			return err
		}
	}
	opportunities := func(behind ...revenue.Behind) func(context.Context, *models.Store) error {
		return func(ctx context.Context, s *models.Store) error {
			_, _, err := s.Opportunities(ctx, account, site, page, behind...)
			return err
		}
	}
	return operations{
		"CRMPeople":                 people(),
		"CRMPeople: of a figure":    people(revenue.Behind{Figure: reports.Leads, Days: &days}),
		"CRMPeople: of a channel":   people(revenue.Behind{Figure: reports.Leads, Days: &days, Values: map[string]string{"channel": "nobody"}}),
		"Opportunities":             opportunities(),
		"Opportunities: of figure":  opportunities(revenue.Behind{Figure: reports.Opportunities, Days: &days}),
		"Opportunities: of channel": opportunities(revenue.Behind{Figure: reports.Opportunities, Model: "first_touch", Days: &days, Values: map[string]string{"channel": "nobody"}}),
		"CRMPerson": func(ctx context.Context, s *models.Store) error {
			_, err := s.CRMPerson(ctx, account, site, "crm_7")
			return err
		},
		"Opportunity": func(ctx context.Context, s *models.Store) error {
			_, err := s.Opportunity(ctx, account, site, "opp_7")
			return err
		},
		"Tasks": firstOf(account, site, func(s *models.Store) func(context.Context, string, string, models.Page) ([]journeys.Task, string, error) {
			return s.Tasks
		}),
		"CRMReading": func(ctx context.Context, s *models.Store) error {
			_, _, err := s.CRMReading(ctx, account, site, l.to.ID)
			return err
		},
		"Reconciliation": func(ctx context.Context, s *models.Store) error {
			_, err := s.Reconciliation(ctx, account, site, "callrail")
			return err
		},
		"KnownCalls": func(ctx context.Context, s *models.Store) error {
			_, err := s.KnownCalls(ctx, site, "api", []string{"e10", "e20"})
			return err
		},
	}
}

// settingsChanged returns changes of accounts, users and settings.
func (l *largeSite) settingsChanged() operations {
	account, site, actor := l.site.AccountID, l.site.ID, l.actor
	return operations{
		"CreateAccount": func(ctx context.Context, s *models.Store) error {
			_, err := s.CreateAccount(ctx, actor, "Another example")
			return err
		},
		"CreateToken, RevokeToken, TokenUsed": func(ctx context.Context, s *models.Store) error {
			token := accounts.Token{ID: ids.New(ids.Token), AccountID: account, Name: "Sample", Role: accounts.RoleViewer, SecretHash: []byte{0}}
			if err := s.CreateToken(ctx, actor, token); err != nil {
				return err
			}
			if err := s.TokenUsed(ctx, token); err != nil {
				return err
			}
			return s.RevokeToken(ctx, actor, account, token.ID)
		},
		"CreateSite, UpdateSite, DeleteSite": func(ctx context.Context, s *models.Store) error {
			another := websites.Site{Name: "Example", TimeZone: "Europe/Berlin", Region: "US", MaxCallMinutes: 240}
			if err := s.CreateSite(ctx, actor, &another); err != nil {
				return err
			}
			if _, err := s.UpdateSite(ctx, actor, another.ID, func(x *websites.Site) error { x.Name = "Sample"; return nil }); err != nil {
				return err
			}
			return s.DeleteSite(ctx, actor, another.ID)
		},
		"UpdateSite": func(ctx context.Context, s *models.Store) error {
			_, err := s.UpdateSite(ctx, actor, site, func(x *websites.Site) error { x.Name = ids.New("name"); return nil })
			return err
		},
		"CreateIntegration, UpdateIntegration, SwitchOffIntegration, DeleteIntegration, RecordTest": func(ctx context.Context, s *models.Store) error {
			another := l.to
			another.Name = "Another"
			if err := s.CreateIntegration(ctx, actor, &another); err != nil {
				return err
			}
			if _, err := s.UpdateIntegration(ctx, actor, site, another.ID, func(x *integrations.Integration) error { x.Name = "Sample"; return nil }); err != nil {
				return err
			}
			if err := s.RecordTest(ctx, actor, site, another.ID); err != nil {
				return err
			}
			if err := s.SwitchOffIntegration(ctx, another.ID, example); err != nil {
				return err
			}
			return s.DeleteIntegration(ctx, actor, site, another.ID)
		},
		"UpdateIntegration": func(ctx context.Context, s *models.Store) error {
			_, err := s.UpdateIntegration(ctx, actor, site, l.to.ID, func(x *integrations.Integration) error { x.Name = ids.New("name"); return nil })
			return err
		},
		"UpdateBreaker, ClaimProbe": func(ctx context.Context, s *models.Store) error {
			if _, err := s.UpdateBreaker(ctx, l.to.ID, func(b *integrations.Breaker) { b.Failures++ }); err != nil {
				return err
			}
			_, err := s.ClaimProbe(ctx, l.to.ID, modeltest.Start, modeltest.Start.Add(time.Minute))
			return err
		},
		"PutSource, DeleteSource": func(ctx context.Context, s *models.Store) error {
			if _, err := s.PutSource(ctx, actor, site, "twilio", func(x *websites.Source) error { x.Enabled = true; return nil }); err != nil {
				return err
			}
			return s.DeleteSource(ctx, actor, site, "twilio")
		},
		"CreatePool, UpdatePool, DeletePool": func(ctx context.Context, s *models.Store) error {
			another := tracking.Pool{SiteID: site, Name: "Another", Enabled: true, HoldMinutes: 30}
			if err := s.CreatePool(ctx, actor, &another); err != nil {
				return err
			}
			if _, err := s.UpdatePool(ctx, actor, site, another.ID, func(x *tracking.Pool) error { x.Name = "Sample"; return nil }); err != nil {
				return err
			}
			return s.DeletePool(ctx, actor, site, another.ID)
		},
		"CreateNumber, CreateNumbers, UpdateNumber, DeleteNumber": func(ctx context.Context, s *models.Store) error {
			another := tracking.Number{SiteID: site, Number: "+12065550177", Enabled: true}
			if err := s.CreateNumber(ctx, actor, &another); err != nil {
				return err
			}
			if _, err := s.UpdateNumber(ctx, actor, site, another.ID, func(x *tracking.Number) error { x.Name = "Sample"; return nil }); err != nil {
				return err
			}
			return s.DeleteNumber(ctx, actor, site, another.ID)
		},
		"DeleteNumber: of a pool": func(ctx context.Context, s *models.Store) error {
			return s.DeleteNumber(ctx, actor, site, l.next("num_"))
		},
		"ChangeAlertSettings": func(ctx context.Context, s *models.Store) error {
			_, err := s.ChangeAlertSettings(ctx, actor, func(x *alerting.Settings) error { x.Language = "en"; return nil })
			return err
		},
		"MuteAlert": func(ctx context.Context, s *models.Store) error {
			until := modeltest.Start.AddDate(0, 0, 1)
			_, err := s.MuteAlert(ctx, actor, "inc_7", &until)
			return err
		},
		"ChangeRetention": func(ctx context.Context, s *models.Store) error {
			_, err := s.ChangeRetention(ctx, actor, site, func(r *erasing.Retention) error { r.Conversions = 3000; return nil })
			return err
		},
		"ChangeRules": func(ctx context.Context, s *models.Store) error {
			return s.ChangeRules(ctx, actor, "site_7", func(*attribution.Rules) error { return nil })
		},
		"PutRates": func(ctx context.Context, s *models.Store) error {
			return s.PutRates(ctx, actor, journeys.Rates{SiteID: "site_7", Corporate: "USD", Rates: []credit.Rate{}})
		},
		"SetRules": func(ctx context.Context, s *models.Store) error { return s.SetRules(ctx, account, "site_7", 20) },
		"SetLimits": func(ctx context.Context, s *models.Store) error {
			return s.SetLimits(ctx, actor, account, func(quotas.Limits) error { return nil })
		},
		"RecordCheck": func(ctx context.Context, s *models.Store) error {
			return s.RecordCheck(ctx, actor, site, "https://www.example.com/")
		},
		"RecordDownload": func(ctx context.Context, s *models.Store) error {
			return s.RecordDownload(ctx, actor, site, "calls", "")
		},
		"SaveView, DeleteView": func(ctx context.Context, s *models.Store) error {
			view := savedviews.View{SiteID: site, UserID: l.user.ID, List: "calls", Name: "Sample"}
			if err := s.SaveView(ctx, account, &view); err != nil {
				return err
			}
			return s.DeleteView(ctx, l.user.ID, site, view.ID)
		},
		"SaveWebSession, DeleteWebSession": func(ctx context.Context, s *models.Store) error {
			session := websessions.Session{ID: ids.New("web"), Data: []byte{0}, ExpiresAt: modeltest.Start.AddDate(0, 0, 1)}
			if err := s.SaveWebSession(ctx, session); err != nil {
				return err
			}
			return s.DeleteWebSession(ctx, session.ID)
		},
	}
}

// usersChanged returns what people who sign in do.
func (l *largeSite) usersChanged() operations {
	account, actor := l.site.AccountID, l.actor
	link := func(ctx context.Context, s *models.Store, purpose users.Purpose, email string) (users.Link, error) {
		x := users.Link{ID: ids.New("link"), Purpose: purpose, AccountID: account, Email: email, SecretHash: []byte(ids.New("secret")), Grant: users.Grant{Role: accounts.RoleViewer, Sites: map[string]accounts.Role{}}, EndsAt: modeltest.Start.AddDate(0, 0, 1)}
		return x, s.CreateLink(ctx, actor, &x)
	}
	return operations{
		"CreateLink, UsableLink, Accept, ChangeMember, RemoveMember": func(ctx context.Context, s *models.Store) error {
			email := ids.New("new") + "@example.com"
			x, err := link(ctx, s, users.Invitation, email)
			if err != nil {
				return err
			}
			if _, err := s.UsableLink(ctx, users.Invitation, x.SecretHash); err != nil {
				return err
			}
			user, _, err := s.Accept(ctx, "req_example", x.SecretHash, users.User{Email: email, PasswordHash: "hash"})
			if err != nil {
				return err
			}
			if err := s.ChangeMember(ctx, actor, user.ID, users.Grant{Role: accounts.RoleEditor, Sites: map[string]accounts.Role{}}); err != nil {
				return err
			}
			return s.RemoveMember(ctx, actor, user.ID)
		},
		"RevokeInvitation": func(ctx context.Context, s *models.Store) error {
			return s.RevokeInvitation(ctx, actor, l.next("lnk_"))
		},
		"ResetPassword": func(ctx context.Context, s *models.Store) error {
			x, err := link(ctx, s, users.Reset, "u9@example.com")
			if err != nil {
				return err
			}
			_, err = s.ResetPassword(ctx, "req_example", x.SecretHash, "hash")
			return err
		},
		"UseSignIn": func(ctx context.Context, s *models.Store) error {
			x, err := link(ctx, s, users.SignIn, "u9@example.com")
			if err != nil {
				return err
			}
			_, _, err = s.UseSignIn(ctx, x.SecretHash)
			return err
		},
		"BeginSession, ActIn, EndSession": func(ctx context.Context, s *models.Store) error {
			x := users.Session{ID: ids.New("session"), UserID: "usr_8", AccountID: account, EndsAt: modeltest.Start.AddDate(0, 0, 1)}
			if err := s.BeginSession(ctx, actor, &x); err != nil {
				return err
			}
			if err := s.ActIn(ctx, l.acting("usr_8"), x.ID, account); err != nil {
				return err
			}
			return s.EndSession(ctx, actor, "usr_8", x.ID)
		},
		"EndSessions": func(ctx context.Context, s *models.Store) error { return s.EndSessions(ctx, actor, "usr_9", "") },
		"SetPassword": func(ctx context.Context, s *models.Store) error {
			return s.SetPassword(ctx, actor, "usr_9", "hash", "")
		},
		"RenameUser": func(ctx context.Context, s *models.Store) error {
			return s.RenameUser(ctx, actor, "usr_9", ids.New("name"))
		},
		"Rehash": func(ctx context.Context, s *models.Store) error { return s.Rehash(ctx, "usr_9", "hash", "other") },
		"Prefer": func(ctx context.Context, s *models.Store) error {
			return s.Prefer(ctx, "usr_9", users.Preferences{Theme: "dark"})
		},
		"RecordFailedSignIn": func(ctx context.Context, s *models.Store) error {
			return s.RecordFailedSignIn(ctx, "req_example", users.User{ID: "usr_9"}, "192.0.2.1")
		},
	}
}
