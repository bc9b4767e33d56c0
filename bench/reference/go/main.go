// The seed's design in Go: one goroutine, one buffered reader, one deadline and one ticker per connection, a log line per answer.
//   go-design server PORT
//   go-design client HOST PORT CONNECTIONS PERIOD
// Runs until it is killed; a lost connection ends it, so that nobody measures a client that has stopped probing.
package main

import (
	"bufio"
	"log"
	"net"
	"os"
	"strconv"
	"time"
)

const answerWithin = 30 * time.Second

func main() {
	switch {
	case len(os.Args) == 3 && os.Args[1] == "server":
		serve(os.Args[2])
	case len(os.Args) == 6 && os.Args[1] == "client":
		connections, _ := strconv.Atoi(os.Args[4])
		period, err := time.ParseDuration(os.Args[5])
		if err != nil {
			log.Fatal(err)
		}
		for i := 0; i < connections; i++ {
			conn, err := net.Dial("tcp", net.JoinHostPort(os.Args[2], os.Args[3]))
			if err != nil {
				log.Fatal(err)
			}
			// Spread over the period, as everybody else in this comparison.
			go probe(conn, period, time.Duration(i)*period/time.Duration(connections))
		}
		select {}
	default:
		log.Fatal("usage: server PORT | client HOST PORT CONNECTIONS PERIOD")
	}
}

func serve(port string) {
	listener, err := net.Listen("tcp", ":"+port)
	if err != nil {
		log.Fatal(err)
	}
	for {
		conn, err := listener.Accept()
		if err != nil {
			log.Print(err)
			continue
		}
		go answer(conn)
	}
}

func answer(conn net.Conn) {
	defer conn.Close()
	reader := bufio.NewReader(conn)
	for {
		conn.SetDeadline(time.Now().Add(answerWithin))
		line, err := reader.ReadString('\n')
		if err != nil {
			return
		}
		if _, err = conn.Write([]byte("You said: " + line)); err != nil {
			return
		}
	}
}

func probe(conn net.Conn, period, offset time.Duration) {
	time.Sleep(time.Second + offset)
	reader := bufio.NewReader(conn)
	ticker := time.NewTicker(period)
	for ; true; <-ticker.C {
		if _, err := conn.Write([]byte("Soy todo oídos!\n")); err != nil {
			log.Fatal(err)
		}
		conn.SetReadDeadline(time.Now().Add(answerWithin))
		line, err := reader.ReadString('\n')
		if err != nil {
			log.Fatal(err)
		}
		log.Printf("Response from server: %q", line[:len(line)-1])
	}
}
