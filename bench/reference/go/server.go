package main

import (
	"bufio"
	"context"
	"net"
	"time"
)

var (
	answerPrefix = []byte("You said: ")
	accepted     = []byte("Accepted a new connection")
)

// served-connection.ts
type served struct {
	deadline
	conn       net.Conn
	acceptedAt time.Time
	answers    int
	reader     *bufio.Reader
}

func serve(port string) {
	// TCP_NODELAY is net's default, and so is the kernel's whole backlog.
	listening := net.ListenConfig{KeepAlive: keepAlive}
	listener, problem := listening.Listen(context.Background(), "tcp4", "127.0.0.1:"+port)
	check(problem)
	all := &deadlines{}
	for {
		conn, problem := listener.Accept()
		check(problem)
		c := &served{conn: conn, acceptedAt: time.Now(), reader: newLineReader(conn)}
		c.expire = func() { conn.Close() }
		go c.answerLines(all)
	}
}

func (c *served) answerLines(all *deadlines) {
	defer c.conn.Close()
	all.renew(&c.deadline)
	defer all.clear(&c.deadline)
	// One write for each line: reading on until no whole line is left, as ours does, would save writes only where a client asks before it
	// was answered, which ours does not.
	text := make([]byte, 0, 64)
	for announced := false; ; announced = true {
		line, problem := nextLine(c.reader)
		if problem != nil {
			return
		}
		if !announced {
			log.line(accepted, false)
		}
		text = append(append(append(text[:0], answerPrefix...), line...), '\n')
		if _, problem = c.conn.Write(text); problem != nil {
			return
		}
		c.answers++
		all.renew(&c.deadline)
	}
}
