// What the client and the server of the C reference share: the clocks, the log, the lines, the deadlines and the sockets, each doing
// what the file of src/probe that its comment names does.
#ifndef YARDSTICK_H
#define YARDSTICK_H
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { batch = 1024, input_bytes = 65536, longest_line = 65536, answer_within_ms = 30000, log_gathers_ms = 20 };

static inline void die(const char *what) {
    perror(what);
    exit(70);
}

static inline double read_clock(clockid_t id) {
    struct timespec t;
    clock_gettime(id, &t);
    return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

// Milliseconds, as clock.monotonic() and clock.now().
static inline double monotonic(void) { return read_clock(CLOCK_MONOTONIC); }
static inline double wall(void) { return read_clock(CLOCK_REALTIME); }

// log-writer.ts and log-line.ts: lines of answers wait for 20 ms and go out in one write, others in the turn in which they happened.
// The text of a second is made once.
static char log_text[1 << 20];
static size_t log_length;
static double log_due = INFINITY;

static inline void flush_log(void) {
    if (log_length > 0 && write(STDERR_FILENO, log_text, log_length) < 0) exit(70);
    log_length = 0;
    log_due = INFINITY;
}

static inline void log_line(const char *message, size_t length, bool soon) {
    static time_t formatted = -1;
    static char second[32];
    static size_t second_length;
    if (log_length + sizeof second + length + 1 > sizeof log_text) flush_log();
    time_t now = (time_t)(wall() / 1e3);
    if (now != formatted) {
        struct tm parts;
        localtime_r(&now, &parts);
        second_length = strftime(second, sizeof second, "%Y/%m/%d %H:%M:%S ", &parts);
        formatted = now;
    }
    double due = monotonic() + (soon ? log_gathers_ms : 0);
    if (due < log_due) log_due = due;
    memcpy(log_text + log_length, second, second_length);
    memcpy(log_text + log_length + second_length, message, length);
    log_length += second_length + length;
    log_text[log_length++] = '\n';
}

// deadlines.ts: all have the same length, so a list in the order of their setting is in the order of their ends.
struct deadline {
    double expires;
    struct deadline *earlier, *later;
};
static struct deadline *first_deadline, *last_deadline;

static inline void clear_deadline(struct deadline *d) {
    if (d->expires == 0) return;
    if (d->earlier == NULL) first_deadline = d->later;
    else d->earlier->later = d->later;
    if (d->later == NULL) last_deadline = d->earlier;
    else d->later->earlier = d->earlier;
    *d = (struct deadline){0};
}

static inline void renew_deadline(struct deadline *d) {
    if (last_deadline != d) {
        clear_deadline(d);
        d->earlier = last_deadline;
        if (last_deadline != NULL) last_deadline->later = d;
        last_deadline = d;
        if (first_deadline == NULL) first_deadline = d;
    }
    d->expires = monotonic() + answer_within_ms;
}

// line-reader.ts: lines are taken where they were read to; only the beginning of one whose end has not come is copied.
struct line_reader {
    char *partial;
    size_t length;
};
typedef void take_line(void *of, const char *line, size_t length);

static inline void keep(struct line_reader *reader, const char *from, size_t length) {
    reader->partial = realloc(reader->partial, reader->length + length);
    if (reader->partial == NULL) die("realloc");
    memcpy(reader->partial + reader->length, from, length);
    reader->length += length;
}

static inline void each_line(struct line_reader *reader, const char *chunk, size_t length, take_line *take, void *of) {
    const char *end = chunk + length;
    while (chunk < end) {
        const char *newline = memchr(chunk, '\n', end - chunk);
        size_t here = (newline == NULL ? end : newline) - chunk;
        if (reader->length + here > longest_line) {
            errno = EMSGSIZE;
            die("line");
        }
        if (newline == NULL) {
            keep(reader, chunk, here);
            return;
        }
        if (reader->length == 0) take(of, chunk, here);
        else {
            keep(reader, chunk, here);
            take(of, reader->partial, reader->length);
            free(reader->partial);
            *reader = (struct line_reader){0};
        }
        chunk = newline + 1;
    }
}

static inline void set_option(int fd, int level, int option, int value) {
    if (setsockopt(fd, level, option, &value, sizeof value) < 0) die("setsockopt");
}

// keep-alive.ts
static inline void keep_alive(int fd) {
    set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, 15);
    set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, 15);
    set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, 9);
}

static inline void no_delay(int fd) { set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1); }

static inline void watch(int epoll, int operation, int fd, uint32_t events, void *of) {
    struct epoll_event wanted = {.events = events, .data.ptr = of};
    if (epoll_ctl(epoll, operation, fd, &wanted) < 0) die("epoll_ctl");
}

// Until the earliest of the log, the first deadline and `due`; rounded up, as libuv does, for epoll knows whole milliseconds.
static inline int wait_until(double due) {
    if (log_due < due) due = log_due;
    if (first_deadline != NULL && first_deadline->expires < due) due = first_deadline->expires;
    if (due == INFINITY) return -1;
    double left = ceil(due - monotonic());
    return left < 0 ? 0 : (int)left;
}

static inline void all_files(void) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

#endif
