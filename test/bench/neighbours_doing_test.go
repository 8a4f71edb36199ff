package bench_test

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"ringback/test/e2e/harness"
)

// decided returns what a neighbour does, begun as soon as all that it has reported was
// decided: from then on it only sends, or waits.
func decided(begin func(b *testing.B, s stack) func()) func(b *testing.B, s stack) func() {
	return func(b *testing.B, s stack) (end func()) {
		end = begin(b, s)
		f := openFiller(b, s.Database())
		s.api.WaitFor("all to be decided", 3*time.Minute, func() bool {
			return f.texts("SELECT count(*)::text FROM conversions WHERE decided_at IS NULL")[0] == "0"
		}, s.Service.Log)
		return end
	}
}

// answeredSends has one site report more leads at once than can be decided within seconds.
func answeredSends(b *testing.B, s stack) (end func()) {
	path := s.site("/ok")
	inParallel(1500, 8, func(i int) { s.accept(b, path, fmt.Sprint("answered-", i)) })
	return func() {}
}

// hangingHost has many sites send to one host that accepts requests and never answers.
func hangingHost(b *testing.B, s stack) (end func()) {
	const sites, leads = 120, 6
	paths := make([]string, sites)
	inParallel(sites, 4, func(i int) {
		site := s.api.Site(nil)
		s.api.Webhook(site, s.dest.URL+"/hang", harness.JSON{"delivery": harness.JSON{"timeout_seconds": 10}})
		paths[i] = "/api/v1/sites/" + site + "/leads"
	})
	inParallel(sites*leads, 8, func(i int) { s.accept(b, paths[i%sites], fmt.Sprint("hang-", i/sites)) })
	s.api.WaitFor("sends that hang", time.Minute, func() bool { return s.dest.Requests("hang") > 0 }, s.Service.Log)
	return s.dest.Release
}

// hangingSends has one site send more than anybody answers.
func hangingSends(b *testing.B, s stack) (end func()) {
	path := s.site("/hang")
	inParallel(1500, 8, func(i int) { s.accept(b, path, fmt.Sprint("hang-", i)) })
	return s.dest.Release
}

// bulkResend has one site send 10,000 deliveries again, which its destination refuses.
func bulkResend(b *testing.B, s stack) (end func()) {
	path := s.site("/404")
	site := strings.TrimSuffix(path, "/leads")
	id, _ := s.accept(b, path, "refused")
	s.api.WaitConversion(id, time.Minute, harness.Done)
	openFiller(b, s.Database()).copies(9_999, id)
	resend := harness.JSON{"filter": harness.JSON{"state": "failed"}}
	resend["expected_count"] = s.api.Must(http.MethodPost, site+"/deliveries/resend", resend)["count"]
	s.api.Must(http.MethodPost, site+"/deliveries/resend", resend)
	return func() {}
}

// imported has one site report 10,000 leads as fast as they are accepted, eight at a time.
func imported(b *testing.B, s stack) (end func()) {
	path, stop := s.site("/slow"), make(chan struct{})
	var senders sync.WaitGroup
	senders.Go(func() {
		inParallel(10_000, 8, func(i int) {
			select {
			case <-stop:
			default:
				s.accept(b, path, fmt.Sprint("import-", i))
			}
		})
	})
	return func() { close(stop); senders.Wait() }
}

// slowLists has one viewer read the longest page of a site's conversions, 24 times at once
// and again and again.
func slowLists(b *testing.B, s stack) (end func()) {
	path := s.site("/404")
	site := strings.TrimSuffix(path, "/leads")
	id, _ := s.accept(b, path, "refused")
	s.api.WaitConversion(id, time.Minute, harness.Done)
	openFiller(b, s.Database()).copies(50_000, id)
	token := s.api.Must(http.MethodPost, "/api/v1/tokens", harness.JSON{"name": "A viewer", "role": "viewer"})["token"].(string)
	viewer := harness.NewAPI(b, s.HTTP, token)
	return s.again(24, func(int) error {
		_, _, err := viewer.Try(http.MethodGet, site+"/conversions?limit=200&tag=nobody-has-it", nil)
		return err
	})
}

// again calls do this many at a time, each again and again until end is called.
func (s stack) again(parallel int, do func(i int) error) (end func()) {
	stop := make(chan struct{})
	var running sync.WaitGroup
	for i := range parallel {
		running.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					_ = do(i) // what the neighbour is answered is its own affair
				}
			}
		})
	}
	return func() { close(stop); running.Wait() }
}

// script returns the base address of what the script of a new site posts.
func (s stack) script(b *testing.B) *url.URL {
	site := s.api.Site(harness.JSON{"domains": []string{"shop.example"}})
	address, err := url.Parse(s.api.Must(http.MethodGet, "/api/v1/sites/"+site+"/script", nil)["script_url"].(string))
	if err != nil {
		b.Fatal(err)
	}
	address.Path = strings.TrimSuffix(address.Path, ".js")
	return address
}

// trickling has a page post bodies of which half a second brings one byte.
func trickling(b *testing.B, s stack) (end func()) {
	path := s.script(b).Path
	return s.again(20, func(int) error {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.HTTP, "http://"))
		if err != nil {
			return err
		}
		defer func() { _ = conn.Close() }()
		_, err = fmt.Fprintf(conn, "POST %s/views HTTP/1.1\r\nHost: ringback.example\r\nContent-Type: text/plain\r\nContent-Length: 500\r\n\r\n{", path)
		for range 20 { // or until the server closes the connection
			if err != nil {
				return err
			}
			<-time.After(500 * time.Millisecond)
			_, err = conn.Write([]byte(" "))
		}
		return err
	})
}

// viewsAtTheLimit has many visitors of one site send a quarter more page views than one
// site may.
func viewsAtTheLimit(b *testing.B, s stack) (end func()) {
	address := s.HTTP + s.script(b).Path + "/views"
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	var sending sync.WaitGroup
	sending.Go(func() {
		atPace(viewsPerSite*5/4, healthyFor+2*time.Second, func(i int) {
			request, err := http.NewRequest(http.MethodPost, address, strings.NewReader(fmt.Sprintf(
				`{"id":"hit-%08d","visitor":"visitor-%08d","ago":0,"kind":"navigate","url":"%s/","storage":"cookie","version":"00000000"}`, i, i, shopOrigin)))
			if err != nil {
				b.Error(err)
				return
			}
			for name, value := range map[string]string{
				"Content-Type": "text/plain;charset=UTF-8", "Origin": shopOrigin, "X-Forwarded-For": fmt.Sprintf("198.51.100.%d", i%250+1),
				"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
			} {
				request.Header.Set(name, value)
			}
			if answer, err := client.Do(request); err == nil { // what the neighbour is answered is its own affair
				_ = answer.Body.Close()
			}
		})
	})
	return sending.Wait
}
