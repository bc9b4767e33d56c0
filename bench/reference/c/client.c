// The client in C, on one thread and epoll: what README.md beside this folder lists, and nothing else.
//   client HOST PORT CONNECTIONS PERIOD_MS
#include "yardstick.h"

static const char question[] = "Soy todo o\xc3\xad" "dos!\n";
static const char expected[] = "You said: Soy todo o\xc3\xad" "dos!";
static const char expected_text[] = "Response from server: \"You said: Soy todo o\xc3\xad" "dos!\"";
static const char push_prefix[] = "Server says: ";

enum phase { unmade, connecting, idle, awaiting };

// connection.ts and a slot of fleet.ts in one.
struct connection {
    struct deadline deadline;
    int fd;
    enum phase phase;
    double origin, due, sent, late, latency, last_good;
    unsigned long answers;
    struct line_reader reader;
};

static struct connection *slots;
static int epoll_fd, connections;
static double period, grain;
static bool dense;
static struct sockaddr_in server;
static char target[64], input[input_bytes];
static unsigned long sent, answered, unasked;

// pace.ts
static double next_tick(double origin, double now) {
    double passed = floor((now - origin) / period);
    if (passed < 0) passed = 0;
    double next = origin + (passed + 1) * period;
    return next > now ? next : origin + (passed + 2) * period;
}

// schedule.ts: rounded up to the grain, and what is due in one grain runs together. All slots have the same period, so that their turns
// come in the order of their numbers, and a ring takes the place of ours, a heap of buckets.
static double on_grain(double due) { return grain == 0 ? due : ceil(due / grain) * grain; }

static void send_probe(struct connection *c) {
    c->phase = awaiting;
    c->sent = monotonic();
    c->late = c->sent - c->due;
    sent++;
    renew_deadline(&c->deadline);
    if (write(c->fd, question, sizeof question - 1) != sizeof question - 1) die("write");
}

static void tick(struct connection *c) {
    if (c->phase == idle) send_probe(c);
    c->due = on_grain(next_tick(c->origin, monotonic()));
}

static void dial(struct connection *c) {
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0) die("socket");
    no_delay(c->fd);
    c->phase = connecting;
    renew_deadline(&c->deadline);
    if (connect(c->fd, (struct sockaddr *)&server, sizeof server) < 0 && errno != EINPROGRESS) die("connect");
    watch(epoll_fd, EPOLL_CTL_ADD, c->fd, EPOLLOUT, c);
    c->due = on_grain(next_tick(c->origin, monotonic()));
}

static void connected(struct connection *c) {
    int problem = 0;
    socklen_t length = sizeof problem;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &problem, &length);
    if (problem != 0) {
        errno = problem;
        die("connect");
    }
    watch(epoll_fd, EPOLL_CTL_MOD, c->fd, EPOLLIN, c);
    c->phase = idle;
    clear_deadline(&c->deadline);
    keep_alive(c->fd);
    c->last_good = wall();
    char text[96];
    log_line(text, snprintf(text, sizeof text, "Connected to server at: %s", target), false);
    double now = monotonic();
    if (!dense) c->origin = now;
    c->due = now;
    tick(c);
}

// response-text.ts: the line of the usual answer is made once. The quotes of another one are simpler here than Go's %q.
static void log_answer(const char *line, size_t length) {
    if (length == sizeof expected - 1 && memcmp(line, expected, length) == 0) {
        log_line(expected_text, sizeof expected_text - 1, true);
        return;
    }
    char *text;
    int made = asprintf(&text, "Response from server: \"%.*s\"", (int)length, line);
    if (made < 0) die("asprintf");
    log_line(text, made, true);
    free(text);
}

static void take_answer(void *of, const char *line, size_t length) {
    struct connection *c = of;
    log_answer(line, length);
    bool pushed = length >= sizeof push_prefix - 1 && memcmp(line, push_prefix, sizeof push_prefix - 1) == 0;
    if (c->phase != awaiting || pushed) {
        unasked++;
        return;
    }
    c->latency = monotonic() - c->sent;
    c->phase = idle;
    c->answers++;
    answered++;
    clear_deadline(&c->deadline);
    c->last_good = wall();
}

static void received(struct connection *c) {
    ssize_t got = read(c->fd, input, sizeof input);
    if (got == 0) {
        fprintf(stderr, "the server closed a connection\n");
        exit(70);
    }
    if (got < 0) die("read");
    each_line(&c->reader, input, got, take_answer, c);
}

int main(int argc, char **argv) {
    if (argc != 5) {
        fprintf(stderr, "usage: client HOST PORT CONNECTIONS PERIOD_MS\n");
        return 64;
    }
    all_files();
    server = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(atoi(argv[2]))};
    inet_pton(AF_INET, argv[1], &server.sin_addr);
    snprintf(target, sizeof target, "%s:%s", argv[1], argv[2]);
    connections = atoi(argv[3]);
    period = atof(argv[4]);
    dense = connections * 5 / period >= 2;
    grain = dense ? 5 : 0;
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    slots = calloc(connections, sizeof *slots);
    double start = monotonic();
    for (int i = 0; i < connections; i++) {
        slots[i].origin = start + i * period / connections;
        slots[i].due = on_grain(slots[i].origin);
    }
    struct epoll_event ready[batch];
    for (int next = 0;;) {
        double now = monotonic();
        for (; slots[next].due <= now; next = (next + 1) % connections) {
            if (slots[next].phase == unmade) dial(&slots[next]);
            else tick(&slots[next]);
        }
        if (log_due <= now) flush_log();
        if (first_deadline != NULL && first_deadline->expires <= now) {
            errno = ETIMEDOUT;
            die("answer");
        }
        int count = epoll_wait(epoll_fd, ready, batch, wait_until(slots[next].due));
        for (int i = 0; i < count; i++) {
            struct connection *c = ready[i].data.ptr;
            if (c->phase == connecting) connected(c);
            else received(c);
        }
    }
}
