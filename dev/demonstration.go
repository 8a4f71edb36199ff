package main

import (
	"context"
	"errors"

	"ringback/dev/demo"
	"ringback/dev/rtbhousefake"
)

// demonstrate runs the stand-in for RTB House, tells the demonstration's shop
// where it is, and plays the demonstration where it is wanted.
func (s *stack) demonstrate(ctx context.Context, wanted *bool) error {
	play := s.data.new
	if wanted != nil {
		play = *wanted
	}
	if _, known, err := s.data.shop(); err != nil || (!known && !play) {
		return err
	}
	receiver := rtbhousefake.New(demo.PKEY, demo.TaggingHash)
	standIn, err := s.serveStandIn(ctx, receiver)
	if err != nil {
		return err
	}
	api := demo.API{URL: s.url(), Token: s.token}
	shop, err := s.shop(ctx, api, standIn, play)
	if err != nil || !play {
		return err
	}
	say(s.out, "\nThe demonstration: a site with an integration that sends to %s, which stands in for RTB House.\n"+
		"It wants target calls (30 seconds or more) tagged \"sales\" that a paid click brought, and every lead.", standIn)
	return demo.Player{API: api, Shop: shop, RTBHouse: receiver, Clock: s.clock, Out: s.out}.Play(ctx)
}

// shop is the demonstration's site. One of an earlier start is told where the
// stand-in listens this time; one that was deleted is made anew when it is needed.
func (s *stack) shop(ctx context.Context, api demo.API, standIn string, needed bool) (demo.Shop, error) {
	shop, known, err := s.data.shop()
	if err != nil {
		return demo.Shop{}, err
	}
	if known {
		err := shop.Reconnect(ctx, api, standIn)
		if !errors.Is(err, demo.ErrGone) {
			return shop, err
		}
	}
	if !needed {
		return demo.Shop{}, nil
	}
	if shop, err = demo.Open(ctx, api, standIn); err != nil {
		return demo.Shop{}, err
	}
	return shop, s.data.keepShop(shop)
}
