package mail_test

import (
	"errors"
	stdmail "net/mail"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/internal/mail"
	"ringback/test/smtpfake"
)

const password = "pass-word-42"

var written = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)

func message() mail.Message {
	return mail.Message{ID: "ntc_1", To: "owner@example.com", Subject: "Сбой: RTB House", Text: "Deliveries wait.\n.\nSince 09:00.\n", At: written}
}

func client(t *testing.T, s *smtpfake.Server, timeout time.Duration) *mail.Client {
	t.Helper()
	server, err := mail.ParseServer(s.URL())
	require.NoError(t, err)
	return mail.New(mail.Options{Server: server, From: "Ringback <ringback@example.com>", Timeout: timeout, RootCAs: s.RootCAs})
}

func TestMessageArrivesByEveryKindOfConnection(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]smtpfake.Options{
		"STARTTLS":              {TLS: smtpfake.StartTLS, User: "ringback", Password: password},
		"TLS":                   {TLS: smtpfake.Implicit, User: "ringback", Password: password},
		"TLS without a sign-in": {TLS: smtpfake.Implicit},
		"without TLS":           {},
		"an error of parting":   {Answers: map[string]string{"QUIT": "421 too busy", "RSET": "421 too busy"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := smtpfake.New(t, o)
			require.NoError(t, client(t, server, 0).Send(t.Context(), message()))
			got := <-server.Accepted()
			require.Equal(t, o.User != "", got.SignedIn)
			require.Equal(t, o.TLS != "", got.Secure)
			require.Contains(t, got.From, "FROM:<ringback@example.com>")
			require.Contains(t, got.To, "TO:<owner@example.com>")
			read, err := stdmail.ReadMessage(strings.NewReader(got.Text))
			require.NoError(t, err)
			require.Equal(t, "<ntc_1@example.com>", read.Header.Get("Message-ID"))
			require.Equal(t, "auto-generated", read.Header.Get("Auto-Submitted"))
			require.Contains(t, read.Header.Get("Content-Type"), "text/plain")
			require.Contains(t, got.Text, "Since 09:00.")
			at, err := read.Header.Date()
			require.NoError(t, err)
			require.True(t, written.Equal(at))
		})
	}
}

func TestG8_FailedMessageSaysWhetherItCanBeSentLaterAndNoSecret(t *testing.T) {
	t.Parallel()
	secure := smtpfake.Options{TLS: smtpfake.StartTLS, User: "ringback", Password: password}
	for name, c := range map[string]struct {
		options smtpfake.Options
		timeout time.Duration
		want    mail.Error
		says    string
	}{
		"unknown recipient":      {smtpfake.Options{Answers: map[string]string{"RCPT": "550 5.1.1 no owner@example.com here"}}, 0, mail.Error{Code: 550, Refused: true}, "answered 550"},
		"mailbox is full":        {smtpfake.Options{Answers: map[string]string{"RCPT": "452 4.2.2 full"}}, 0, mail.Error{Code: 452}, "answered 452"},
		"text is refused":        {smtpfake.Options{Answers: map[string]string{".": "554 5.7.1 owner@example.com wants none"}}, 0, mail.Error{Code: 554, Refused: true}, "answered 554"},
		"text later":             {smtpfake.Options{Answers: map[string]string{".": "451 4.3.0 later"}}, 0, mail.Error{Code: 451}, "answered 451"},
		"sender is refused":      {smtpfake.Options{Answers: map[string]string{"MAIL": "553 5.7.1 not yours"}}, 0, mail.Error{Code: 553, Refused: true}, "answered 553"},
		"server is not ready":    {smtpfake.Options{Answers: map[string]string{"CONNECT": "554 no service"}}, 0, mail.Error{Code: 554}, "connecting"},
		"sign-in is refused":     {smtpfake.Options{TLS: smtpfake.StartTLS, User: "ringback", Password: password, Answers: map[string]string{"AUTH": "535 5.7.8 " + password + " is wrong"}}, 0, mail.Error{Code: 535}, "signing in: the server answered 535"},
		"STARTTLS is refused":    {smtpfake.Options{TLS: smtpfake.StartTLS, User: "ringback", Password: password, Answers: map[string]string{"STARTTLS": "454 4.7.0 no TLS now"}}, 0, mail.Error{Code: 454}, "answered 454"},
		"hangs at first":         {smtpfake.Options{Silent: "CONNECT"}, 50 * time.Millisecond, mail.Error{}, "in time"},
		"hangs while signing in": {smtpfake.Options{TLS: secure.TLS, User: "ringback", Password: password, Silent: "AUTH"}, 200 * time.Millisecond, mail.Error{}, "in time"},
		"hangs after the text":   {smtpfake.Options{Silent: "."}, 200 * time.Millisecond, mail.Error{}, "in time"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := smtpfake.New(t, c.options)
			requireError(t, client(t, server, c.timeout).Send(t.Context(), message()), c.want, c.says)
			require.Empty(t, server.Accepted())
		})
	}
}

func requireError(t *testing.T, err error, want mail.Error, says string) {
	t.Helper()
	var failed *mail.Error
	require.ErrorAs(t, err, &failed)
	require.Equal(t, want.Code, failed.Code, err)
	require.Equal(t, want.Refused, failed.Refused, err)
	require.ErrorContains(t, err, says)
	for e := err; e != nil; e = errors.Unwrap(e) {
		require.NotContains(t, e.Error(), password)
		require.NotContains(t, e.Error(), "owner@example.com")
	}
}

func TestG8_PasswordIsNeverSentWithoutTLS(t *testing.T) {
	t.Parallel()
	server := smtpfake.New(t, smtpfake.Options{User: "ringback", Password: password})
	parsed, err := mail.ParseServer("smtp://ringback:" + password + "@" + server.Address)
	require.NoError(t, err)
	err = mail.New(mail.Options{Server: parsed, From: "ringback@example.com"}).Send(t.Context(), message())
	requireError(t, err, mail.Error{}, "does not offer STARTTLS")
	secure := smtpfake.New(t, smtpfake.Options{TLS: smtpfake.Implicit, User: "ringback", Password: password})
	parsed, err = mail.ParseServer(secure.URL())
	require.NoError(t, err)
	err = mail.New(mail.Options{Server: parsed, From: "ringback@example.com"}).Send(t.Context(), message())
	requireError(t, err, mail.Error{}, "certificate is not trusted")
}

func TestNoTextBecomesAHeader(t *testing.T) {
	t.Parallel()
	server := smtpfake.New(t, smtpfake.Options{})
	m := message()
	m.Subject, m.Text = "Failed\r\nBcc: other@example.com\r\n\r\nbody", "one\r\n.\r\nRCPT TO:<other@example.com>\r\n"
	require.NoError(t, client(t, server, 0).Send(t.Context(), m))
	read, err := stdmail.ReadMessage(strings.NewReader((<-server.Accepted()).Text))
	require.NoError(t, err)
	require.Empty(t, read.Header.Get("Bcc"))
	require.Equal(t, "Failed Bcc: other@example.com body", read.Header.Get("Subject"))
	require.Empty(t, server.Accepted())
	for _, to := range []string{"owner@example.com\r\nDATA", "Owner <owner@example.com>", "", "owner@example.com, other@example.com"} {
		m.To = to
		requireError(t, client(t, server, 0).Send(t.Context(), m), mail.Error{Refused: true}, "the recipient is not an e-mail address")
	}
}

func TestServerThatIsGoneIsTriedLater(t *testing.T) {
	t.Parallel()
	for url, says := range map[string]string{
		"smtp://169.254.169.254:25?tls=none": "not allowed",
		"smtp://localhost:1?tls=none":        "the connection failed",
	} {
		server, err := mail.ParseServer(url)
		require.NoError(t, err)
		err = mail.New(mail.Options{Server: server, From: "ringback@example.com"}).Send(t.Context(), message())
		requireError(t, err, mail.Error{}, says)
	}
}

func TestServersURL(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"smtp://user:p%40ss@mail.example.com:2525", "smtps://mail.example.com", "smtp://[::1]?tls=none"} {
		_, err := mail.ParseServer(good)
		require.NoError(t, err, good)
	}
	for _, bad := range []string{
		"", "mail.example.com:587", "https://secret:" + password + "@mail.example.com", "smtp://:" + password + "@", "smtp://h:99999", "smtp://h:0",
		"smtp://user:" + password + "@h?tls=none", "smtps://h?tls=none", "smtp://h?tls=maybe", "smtp://h/" + password, "smtp://user:" + password + "@h:port",
	} {
		_, err := mail.ParseServer(bad)
		require.Error(t, err, bad)
		require.NotContains(t, err.Error(), password)
	}
	require.NoError(t, mail.CheckSender("Ringback <ringback@example.com>"))
	require.Error(t, mail.CheckSender("Ringback"))
}
