package figures

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"ringback/conversion"
)

// counted is what facts are made of, as far as the conversion itself holds it.
type counted struct {
	ID             string
	Kind           conversion.Kind
	At             time.Time
	Person         string
	Anonymous      bool
	SessionID      string
	VisitorIDs     map[string]string   `gorm:"serializer:json"`
	Traffic        *conversion.Traffic `gorm:"serializer:json"`
	TrackingNumber string
	Form           string
	AnsweredAt     *time.Time
	EndedAt        *time.Time
	Outcome        conversion.Outcome
	TalkSeconds    *int
	WaitSeconds    *int
	Incomplete     bool
	IsUnique       *bool
	IsTarget       *bool
	IsUniqueTarget *bool
}

// TableName returns the name of the table.
func (counted) TableName() string { return "conversions" }

// source is what all facts of some conversions are made of.
type source struct {
	conversions []counted
	sessions    map[string]session
	numbers     map[string]*conversion.NumberMatch // by conversion
	judgements  []judgement
	deliveries  map[string]delivered // the newest of each decision
}

type session struct {
	ID         string
	Traffic    conversion.Traffic `gorm:"serializer:json"`
	VisitorIDs map[string]string  `gorm:"serializer:json"`
}

type judgement struct {
	ID            string
	ConversionID  string
	IntegrationID string
	Verdict       conversion.Verdict
	Reason        conversion.Reason
	Moment        conversion.Moment
	CreatedAt     time.Time
}

type delivered struct {
	DecisionID string
	State      string
	Attempts   int64
	AcceptedAt time.Time
	FinishedAt *time.Time
}

type numberEvent struct {
	ConversionID string
	Call         *conversion.CallEvent `gorm:"serializer:json"`
}

// read reads the source of some conversions of a site.
func read(tx *gorm.DB, siteID string, conversionIDs []string) (s source, err error) {
	if err := tx.Where("id IN ? AND site_id = ?", conversionIDs, siteID).Find(&s.conversions).Error; err != nil {
		return s, fmt.Errorf("reading conversions: %w", err)
	}
	if err := s.readSessions(tx, siteID); err != nil {
		return s, err
	}
	var events []numberEvent
	err = tx.Table("events").Where("conversion_id IN ? AND event_id = ?", conversionIDs, conversion.NumberEventID).Find(&events).Error
	if err != nil {
		return s, fmt.Errorf("reading which numbers were called: %w", err)
	}
	s.numbers = make(map[string]*conversion.NumberMatch, len(events))
	for _, e := range events {
		if e.Call != nil {
			s.numbers[e.ConversionID] = e.Call.Number
		}
	}
	err = tx.Table("decisions").Where("conversion_id IN ?", conversionIDs).Find(&s.judgements).Error
	if err != nil {
		return s, fmt.Errorf("reading decisions: %w", err)
	}
	var newest []delivered
	err = tx.Table("deliveries").Where("conversion_id IN ? AND NOT resent", conversionIDs).Find(&newest).Error
	s.deliveries = make(map[string]delivered, len(newest))
	for _, d := range newest {
		s.deliveries[d.DecisionID] = d
	}
	return s, err
}

func (s *source) readSessions(tx *gorm.DB, siteID string) error {
	var wanted []string
	for _, c := range s.conversions {
		if c.SessionID != "" {
			wanted = append(wanted, c.SessionID)
		}
	}
	s.sessions = map[string]session{}
	if len(wanted) == 0 {
		return nil
	}
	var found []session
	if err := tx.Table("sessions").Where("site_id = ? AND id IN ?", siteID, wanted).Find(&found).Error; err != nil {
		return fmt.Errorf("reading sessions: %w", err)
	}
	for _, x := range found {
		s.sessions[x.ID] = x
	}
	return nil
}
