package database

import (
	"context"
	"database/sql"
	"sync"
	"sync/atomic"
	"time"

	"gorm.io/gorm"
)

// Spare takes a second connection for a transaction that only reads, and returns a function
// that frees it. Ok is false if there is none to spare now.
type Spare func() (release func(), ok bool)

type spareKey struct{}

// WithSpare returns a context with which ReadMoment may use a second connection.
func WithSpare(ctx context.Context, spare Spare) context.Context {
	return context.WithValue(ctx, spareKey{}, spare)
}

// atOneMoment are the options of a transaction in which all queries see the same moment.
var atOneMoment = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}

// Moment is the state of the database at one moment, which one or two transactions read.
// Several goroutines may use it at once.
type Moment struct {
	free   chan *gorm.DB // the transactions that nobody uses now
	join   func()        // begins a second transaction unless it has, nil if there can be none
	failed atomic.Pointer[error]
}

// ReadMoment calls f with one moment of the database, for statements that read a small part
// of large tables. Whatever f starts has to end before f returns.
//
// If the context has a spare connection, a second transaction of PostgreSQL joins the first
// one as soon as two statements are to run at once. Until it has, and if no connection is
// free, the first one runs them one after the other.
func (db *DB) ReadMoment(ctx context.Context, doing string, f func(*Moment) error) error {
	return db.ReportTx(ctx, doing, func(tx *gorm.DB) error {
		m := &Moment{free: make(chan *gorm.DB, 2)}
		m.free <- tx
		end, err := m.prepare(ctx, db, tx)
		if err != nil {
			return err
		}
		defer end()
		return f(m)
	})
}

// prepare lets a second transaction join the moment of the first one, if there may be one.
// It returns a function that ends the second one.
//
//racetests:contained
func (m *Moment) prepare(ctx context.Context, db *DB, first *gorm.DB) (end func(), err error) {
	spare, _ := ctx.Value(spareKey{}).(Spare)
	if spare == nil || first.Name() != postgresName {
		return func() {}, nil
	}
	s := second{db: db, over: make(chan struct{})}
	if err := first.Raw("SELECT pg_export_snapshot()").Scan(&s.snapshot).Error; err != nil {
		return nil, err
	}
	s.waiting, s.stopWaiting = context.WithCancel(ctx)
	s.reading, s.stopReading = context.WithCancel(first.Statement.Context)
	m.join = sync.OnceFunc(func() {
		if release, ok := spare(); ok {
			s.running.Go(func() {
				defer release()
				s.run(m.free)
			})
		}
	})
	return s.end, nil
}

// second is a transaction that reads the moment of another one.
type second struct {
	db                       *DB
	snapshot                 string          // PostgreSQL's name of the moment
	waiting                  context.Context // in which it waits for a connection
	reading                  context.Context // in which it reads
	stopWaiting, stopReading context.CancelFunc
	over                     chan struct{} // closed when nothing is read any more
	running                  sync.WaitGroup
}

// run adds the transaction to those that nobody uses, and ends it when nothing is read any
// more. Its errors do not matter, because the first transaction reads everything then.
func (s *second) run(free chan<- *gorm.DB) {
	_ = s.db.Read(s.waiting).Connection(func(conn *gorm.DB) error {
		return conn.WithContext(s.reading).Transaction(func(tx *gorm.DB) error {
			if err := tx.Exec("SET TRANSACTION SNAPSHOT '" + s.snapshot + "'").Error; err != nil {
				return err
			}
			if err := PlanForIndexes(tx); err != nil {
				return err
			}
			free <- tx
			<-s.over
			return nil
		}, atOneMoment)
	})
}

// maxJoining is how long the end of a moment waits for a second transaction that is beginning.
// To break off costs the connection. But a pooler between Ringback and PostgreSQL may have no
// connection for it before the first one ends.
const maxJoining = 100 * time.Millisecond

// end ends the transaction, and whatever is done to begin it.
//
//racetests:contained
func (s *second) end() {
	defer s.stopReading()
	s.stopWaiting()
	close(s.over)
	ending, ended := context.WithTimeout(context.WithoutCancel(s.reading), maxJoining)
	defer ended()
	defer context.AfterFunc(ending, s.stopReading)()
	s.running.Wait()
}

// Read calls f with a transaction that nobody else uses until f returns. Once an f has
// returned an error, Read returns this error: PostgreSQL would refuse further statements
// without the cause.
func (m *Moment) Read(f func(tx *gorm.DB) error) error {
	tx := m.take()
	defer func() { m.free <- tx }()
	if first := m.failed.Load(); first != nil {
		return *first
	}
	err := f(tx)
	if err != nil {
		m.failed.CompareAndSwap(nil, &err)
	}
	return err
}

// take waits for a transaction that nobody uses.
func (m *Moment) take() *gorm.DB {
	select {
	case tx := <-m.free:
		return tx
	default:
	}
	if m.join != nil {
		m.join()
	}
	return <-m.free
}
