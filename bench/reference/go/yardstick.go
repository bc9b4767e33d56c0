// The same work as netdebug's client and server, in Go: what ../README.md lists, and nothing else.
//
//	yardstick server PORT    on 127.0.0.1
//	yardstick client HOST PORT CONNECTIONS PERIOD_MS
//
// This file has what both share. A reading goroutine for each connection is Go's only way to hear of what comes in; everything else is as in
// ours: one pacer, one list of deadlines and one log for all.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"sync"
	"time"
)

const (
	answerWithin = 30 * time.Second
	logGathers   = 20 * time.Millisecond
	longestLine  = 65536
)

// The first probe after so long, and each further one; the kernel's own count is 9. That is what net does by itself, written out.
const keepAlive = 15 * time.Second

func main() {
	switch {
	case len(os.Args) == 3 && os.Args[1] == "server":
		serve(os.Args[2])
	case len(os.Args) == 6 && os.Args[1] == "client":
		connections, problem := strconv.Atoi(os.Args[4])
		check(problem)
		milliseconds, problem := strconv.Atoi(os.Args[5])
		check(problem)
		probeAll(net.JoinHostPort(os.Args[2], os.Args[3]), connections, time.Duration(milliseconds)*time.Millisecond)
	default:
		fmt.Fprintln(os.Stderr, "usage: server PORT | client HOST PORT CONNECTIONS PERIOD_MS")
		os.Exit(64)
	}
}

func check(problem error) {
	if problem == nil {
		return
	}
	fmt.Fprintln(os.Stderr, problem)
	os.Exit(70)
}

// log-writer.ts and log-line.ts: lines of answers wait for 20 ms and go out in one write, others at once. The text of a second is made once.
type gatheredLog struct {
	mutex      sync.Mutex
	lines      []byte
	second     int64
	secondText []byte
}

var log gatheredLog

func (l *gatheredLog) line(message []byte, soon bool) {
	now := time.Now()
	l.mutex.Lock()
	if second := now.Unix(); second != l.second {
		l.second = second
		l.secondText = now.AppendFormat(l.secondText[:0], "2006/01/02 15:04:05 ")
	}
	first := len(l.lines) == 0
	l.lines = append(l.lines, l.secondText...)
	l.lines = append(l.lines, message...)
	l.lines = append(l.lines, '\n')
	l.mutex.Unlock()
	if !soon {
		l.flush()
	} else if first {
		time.AfterFunc(logGathers, l.flush)
	}
}

func (l *gatheredLog) flush() {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if len(l.lines) == 0 {
		return
	}
	_, problem := os.Stderr.Write(l.lines)
	check(problem)
	l.lines = l.lines[:0]
}

// deadlines.ts: all have the same length, so a list in the order of their setting is in the order of their ends, and one timer serves it.
// SetReadDeadline twice for each probe would do the same with a timer for each connection, and was dearer.
type deadline struct {
	expires        time.Time
	earlier, later *deadline
	expire         func()
}

type deadlines struct {
	mutex       sync.Mutex
	first, last *deadline
	timer       *time.Timer
}

func (d *deadlines) renew(owner *deadline) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if d.last != owner {
		d.remove(owner)
		owner.earlier = d.last
		if d.last != nil {
			d.last.later = owner
		}
		d.last = owner
		if d.first == nil {
			d.first = owner
		}
	}
	owner.expires = time.Now().Add(answerWithin)
	if d.timer == nil {
		d.timer = time.AfterFunc(answerWithin, d.sweep)
	}
}

func (d *deadlines) clear(owner *deadline) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.remove(owner)
}

func (d *deadlines) remove(owner *deadline) {
	if owner.expires.IsZero() {
		return
	}
	if owner.earlier == nil {
		d.first = owner.later
	} else {
		owner.earlier.later = owner.later
	}
	if owner.later == nil {
		d.last = owner.earlier
	} else {
		owner.later.earlier = owner.earlier
	}
	owner.expires, owner.earlier, owner.later = time.Time{}, nil, nil
}

// The timer is not moved at each renewal: waking too early is cheaper than that.
func (d *deadlines) sweep() {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	now := time.Now()
	for d.first != nil && !d.first.expires.After(now) {
		late := d.first
		d.remove(late)
		late.expire()
	}
	d.timer = nil
	if d.first != nil {
		d.timer = time.AfterFunc(d.first.expires.Sub(now), d.sweep)
	}
}

// line-reader.ts: lines are taken where they were read to; only one that is longer than the reader's buffer is put together.
// The buffer is small, for there is one for each connection.
func newLineReader(conn net.Conn) *bufio.Reader { return bufio.NewReaderSize(conn, 256) }

func nextLine(reader *bufio.Reader) ([]byte, error) {
	line, problem := reader.ReadSlice('\n')
	if problem == nil {
		return line[:len(line)-1], nil
	}
	var whole []byte
	for errors.Is(problem, bufio.ErrBufferFull) {
		whole = append(whole, line...)
		if len(whole) > longestLine {
			return nil, bufio.ErrTooLong
		}
		line, problem = reader.ReadSlice('\n')
	}
	if problem != nil {
		return nil, problem
	}
	whole = append(whole, line...)
	return whole[:len(whole)-1], nil
}
