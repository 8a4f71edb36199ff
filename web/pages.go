package web

import (
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"ringback/internal/fault"
	"ringback/internal/locale"
	"ringback/web/internal/auth"
	"ringback/web/internal/endpoint"
	"ringback/web/internal/problem"
	"ringback/web/internal/reqctx"
)

// The pages, kept as files of their own.
var (
	//go:embed pages/docs.html
	docsPage []byte
	//go:embed pages/docs.js
	docsScript []byte
	//go:embed pages/style.css
	pageStyle string
	//go:embed pages/login.html
	loginPage string
	//go:embed pages/conversion.html
	conversionPage string
	//go:embed pages/error.html
	errorPage string
)

// sessionCookie holds the token of who reads pages. Scripts cannot read it, and
// other sites cannot have it sent.
const (
	sessionCookie = "ringback_token"
	sessionTime   = 12 * time.Hour
)

// pagesPolicy: pages load nothing and run nothing.
const pagesPolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// templates are the pages as templates, each with the style in it.
var templates = func() map[string]*template.Template {
	words := template.FuncMap{
		"style": func() template.CSS { return template.CSS(pageStyle) }, //nolint:gosec // our own file
		"when":  locale.English.ExactTime,
		"yesNo": yesNo,
		"words": func(name any) string { return strings.ReplaceAll(fmt.Sprint(name), "_", " ") },
	}
	made := map[string]*template.Template{}
	for name, text := range map[string]string{"login": loginPage, "conversion": conversionPage, "error": errorPage} {
		made[name] = template.Must(template.New(name).Funcs(words).Parse(text))
	}
	return made
}()

func yesNo(b *bool) string {
	switch {
	case b == nil:
		return "not known"
	case *b:
		return "yes"
	default:
		return "no"
	}
}

// pages adds what people read in a browser.
func (s *server) pages(e *echo.Echo) {
	endpoint.GetAndHead(e, "/login", s.showLogin)
	e.POST("/login", s.login, refuseOtherSites)
	e.POST("/logout", s.logout, refuseOtherSites)
	endpoint.GetAndHead(e, "/conversions/:id", s.showConversion)
}

// refuseOtherSites keeps the pages of other sites from signing somebody in or out.
func refuseOtherSites(next echo.HandlerFunc) echo.HandlerFunc {
	protection := http.NewCrossOriginProtection()
	return func(c echo.Context) error {
		if protection.Check(c.Request()) != nil {
			return fault.New(fault.Forbidden, "this form was sent by a page of another site; sign in or out on the page of this one")
		}
		return next(c)
	}
}

func (s *server) render(c echo.Context, status int, name string, data any) error {
	var page strings.Builder
	if err := templates[name].Execute(&page, data); err != nil {
		return fmt.Errorf("writing the page %s: %w", name, err)
	}
	c.Response().Header().Set("Content-Security-Policy", pagesPolicy)
	return c.HTML(status, page.String())
}

type loginData struct {
	Next   string
	Failed string // why the last try let nobody in
}

func (s *server) showLogin(c echo.Context) error {
	if token := c.QueryParam("token"); token != "" && s.AllowTokenLogin {
		return s.enter(c, token, c.QueryParam("next"))
	}
	return s.render(c, http.StatusOK, "login", loginData{Next: localPath(c.QueryParam("next"))})
}

func (s *server) login(c echo.Context) error {
	c.Request().Body = http.MaxBytesReader(c.Response(), c.Request().Body, 16<<10)
	return s.enter(c, strings.TrimSpace(c.FormValue("token")), c.FormValue("next"))
}

// enter keeps the token in the cookie, once it is known to let somebody in.
func (s *server) enter(c echo.Context, token, next string) error {
	who, err := s.authenticator.Authenticate(c.Request().Context(), token, "")
	if err == nil && !who.Allows(auth.Viewer) {
		err = fault.New(fault.Forbidden, "this needs a token of role viewer or higher")
	}
	if err != nil {
		p := problem.Of(c.Request().Context(), s.logger, err)
		return s.render(c, p.Status, "login", loginData{Next: localPath(next), Failed: p.Detail})
	}
	c.SetCookie(s.cookie(token, sessionTime))
	return c.Redirect(http.StatusSeeOther, localPath(next))
}

func (s *server) logout(c echo.Context) error {
	c.SetCookie(s.cookie("", -time.Hour))
	return c.Redirect(http.StatusSeeOther, "/login")
}

func (s *server) cookie(token string, lives time.Duration) *http.Cookie {
	return &http.Cookie{
		Name: sessionCookie, Value: token, Path: "/", MaxAge: int(lives.Seconds()), HttpOnly: true,
		Secure: strings.HasPrefix(s.PublicURL, "https://"), SameSite: http.SameSiteStrictMode,
	}
}

// localPath returns the path to go on to: one of this service, never another's.
func localPath(next string) string {
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	return next
}

// conversionData is what the page of a conversion shows.
type conversionData struct {
	detailView
	ByIntegration []integrationSection
}

// integrationSection is one integration's part of the page.
type integrationSection struct {
	standingView
	Decision   *decisionView // nil: not decided yet
	Deliveries []deliveryView
}

func (s *server) showConversion(c echo.Context) error {
	ctx := c.Request().Context()
	cookie, err := c.Cookie(sessionCookie)
	if err != nil {
		return c.Redirect(http.StatusSeeOther, "/login?next="+template.URLQueryEscaper(c.Request().URL.Path))
	}
	who, err := s.authenticator.Authenticate(ctx, cookie.Value, "")
	if err == nil && !who.Allows(auth.Viewer) {
		err = fault.New(fault.Forbidden, "this needs a token of role viewer or higher")
	}
	if fault.CodeOf(err) == fault.Unauthenticated {
		return c.Redirect(http.StatusSeeOther, "/login?next="+template.URLQueryEscaper(c.Request().URL.Path))
	}
	if err != nil {
		return s.showError(c, err)
	}
	reqctx.Of(ctx).Principal = who
	detail, err := s.conversionDetail(ctx, c.Param("id"))
	if err != nil {
		return s.showError(c, err)
	}
	if c.QueryParam("as") == "json" {
		return c.JSONPretty(http.StatusOK, detail, "  ")
	}
	return s.render(c, http.StatusOK, "conversion", conversionData{
		detailView: detail, ByIntegration: sections(detail),
	})
}

func (s *server) showError(c echo.Context, err error) error {
	p := problem.Of(c.Request().Context(), s.logger, err)
	return s.render(c, p.Status, "error", p)
}

// sections puts a conversion's decisions and deliveries together by integration.
func sections(d detailView) []integrationSection {
	out := make([]integrationSection, 0, len(d.Integrations))
	for _, standing := range d.Integrations {
		section := integrationSection{standingView: standing}
		if i := slices.IndexFunc(d.Decisions, func(v decisionView) bool { return v.IntegrationID == standing.IntegrationID }); i >= 0 {
			section.Decision = &d.Decisions[i]
		}
		for _, delivery := range d.Deliveries {
			if delivery.IntegrationID == standing.IntegrationID {
				section.Deliveries = append(section.Deliveries, delivery)
			}
		}
		out = append(out, section)
	}
	return out
}
