package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"sync"
	"time"
)

var (
	question     = []byte("Soy todo oídos!\n")
	expected     = []byte("You said: Soy todo oídos!")
	expectedText = []byte(`Response from server: "You said: Soy todo oídos!"`)
	pushPrefix   = []byte("Server says: ")
)

type phase int

const (
	unmade phase = iota
	connecting
	idle
	awaiting
)

// connection.ts and a slot of fleet.ts in one. The mutex is for the pacer, who sends, and the goroutine that reads.
type connection struct {
	deadline
	mutex             sync.Mutex
	conn              net.Conn
	phase             phase
	origin, due, sent time.Time
	late, latency     time.Duration
	lastGood          time.Time
	answers           int
	reader            *bufio.Reader
}

type fleet struct {
	target    string
	period    time.Duration
	grain     time.Duration
	start     time.Time
	deadlines deadlines
	mutex     sync.Mutex
	sent      int
	answered  int
	unasked   int
}

func probeAll(target string, connections int, period time.Duration) {
	f := &fleet{target: target, period: period, start: time.Now()}
	if time.Duration(connections)*5*time.Millisecond >= 2*period {
		f.grain = 5 * time.Millisecond
	}
	slots := make([]*connection, connections)
	for i := range slots {
		origin := f.start.Add(time.Duration(i) * period / time.Duration(connections))
		slots[i] = &connection{origin: origin, due: f.onGrain(origin)}
		slots[i].expire = func() { check(fmt.Errorf("no answer within %v", answerWithin)) }
	}
	// All slots have the same period, so that their turns come in the order of their numbers, and a ring takes the place of ours, a heap
	// of buckets.
	for next := 0; ; {
		now := time.Now()
		for ; !slots[next].due.After(now); next = (next + 1) % connections {
			f.act(slots[next])
		}
		time.Sleep(time.Until(slots[next].due))
	}
}

// pace.ts
func (f *fleet) nextTick(origin, now time.Time) time.Time {
	passed := now.Sub(origin) / f.period
	if passed < 0 {
		passed = 0
	}
	next := origin.Add((passed + 1) * f.period)
	if next.After(now) {
		return next
	}
	return next.Add(f.period)
}

// schedule.ts: rounded up to the grain, and what is due in one grain goes out together.
func (f *fleet) onGrain(due time.Time) time.Time {
	if f.grain == 0 {
		return due
	}
	grains := (due.Sub(f.start) + f.grain - 1) / f.grain
	return f.start.Add(grains * f.grain)
}

func (f *fleet) act(c *connection) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.phase == unmade {
		c.phase = connecting
		c.due = f.onGrain(f.nextTick(c.origin, time.Now()))
		go f.dial(c)
		return
	}
	f.tick(c)
}

// With the connection's mutex.
func (f *fleet) tick(c *connection) {
	if c.phase == idle {
		f.send(c)
	}
	c.due = f.onGrain(f.nextTick(c.origin, time.Now()))
}

func (f *fleet) send(c *connection) {
	c.phase = awaiting
	c.sent = time.Now()
	c.late = c.sent.Sub(c.due)
	f.mutex.Lock()
	f.sent++
	f.mutex.Unlock()
	f.deadlines.renew(&c.deadline)
	_, problem := c.conn.Write(question)
	check(problem)
}

func (f *fleet) dial(c *connection) {
	f.deadlines.renew(&c.deadline)
	// TCP_NODELAY is net's default.
	dialer := net.Dialer{KeepAlive: keepAlive}
	conn, problem := dialer.Dial("tcp4", f.target)
	check(problem)
	log.line([]byte("Connected to server at: "+f.target), false)
	c.mutex.Lock()
	c.conn = conn
	c.phase = idle
	f.deadlines.clear(&c.deadline)
	c.lastGood = time.Now()
	now := time.Now()
	if f.grain == 0 {
		c.origin = now
	}
	f.send(c)
	c.reader = newLineReader(conn)
	c.mutex.Unlock()
	for {
		line, problem := nextLine(c.reader)
		check(problem)
		f.take(c, line)
	}
}

func (f *fleet) take(c *connection, line []byte) {
	logAnswer(line)
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.phase != awaiting || bytes.HasPrefix(line, pushPrefix) {
		f.mutex.Lock()
		f.unasked++
		f.mutex.Unlock()
		return
	}
	c.latency = time.Since(c.sent)
	c.phase = idle
	c.answers++
	f.mutex.Lock()
	f.answered++
	f.mutex.Unlock()
	f.deadlines.clear(&c.deadline)
	c.lastGood = time.Now()
}

// response-text.ts: the line of the usual answer is made once.
func logAnswer(line []byte) {
	if bytes.Equal(line, expected) {
		log.line(expectedText, true)
		return
	}
	log.line(fmt.Appendf(nil, "Response from server: %q", line), true)
}
