// The least that a probe can cost: the seed's protocol on one thread and epoll, without logs, events or deadlines.
//   epoll server PORT
//   epoll client HOST PORT CONNECTIONS PERIOD_MS
// Runs until it is killed; a lost connection ends it, so that nobody measures a client that has stopped probing.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char question[] = "Soy todo o\xc3\xad" "dos!\n";
static const char prefix[] = "You said: ";
enum { batch = 512, longest = 4096 };

static void die(const char *what) {
    perror(what);
    exit(70);
}

static double now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static void all_files(void) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static void add(int epoll, int fd) {
    struct epoll_event wanted = {.events = EPOLLIN, .data.fd = fd};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &wanted) < 0) die("epoll_ctl");
}

static void no_delay(int fd) {
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

// Whole lines in one read are all that the benchmark's clients send.
static void answer(int epoll, int fd) {
    char text[sizeof prefix - 1 + longest];
    ssize_t got = read(fd, text + sizeof prefix - 1, longest);
    if (got <= 0) {
        epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL);
        close(fd);
        return;
    }
    memcpy(text, prefix, sizeof prefix - 1);
    if (write(fd, text, sizeof prefix - 1 + got) < 0 && errno != EPIPE && errno != ECONNRESET) die("write");
}

static void serve(int port) {
    int epoll = epoll_create1(0), listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0) die("bind");
    if (listen(listener, 4096) < 0) die("listen");
    add(epoll, listener);
    struct epoll_event ready[batch];
    for (;;) {
        int count = epoll_wait(epoll, ready, batch, -1);
        for (int i = 0; i < count; i++) {
            if (ready[i].data.fd != listener) {
                answer(epoll, ready[i].data.fd);
                continue;
            }
            int fd;
            while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
                no_delay(fd);
                add(epoll, fd);
            }
        }
    }
}

static void probe(const char *host, int port, int connections, double period) {
    int epoll = epoll_create1(0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    inet_pton(AF_INET, host, &address.sin_addr);
    int *fds = calloc(connections, sizeof *fds);
    double *due = calloc(connections, sizeof *due);
    double start = now_ms() + 1000;
    for (int i = 0; i < connections; i++) {
        fds[i] = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(fds[i], (struct sockaddr *)&address, sizeof address) < 0) die("connect");
        no_delay(fds[i]);
        add(epoll, fds[i]);
        due[i] = start + i * period / connections;
    }
    struct epoll_event ready[batch];
    char text[longest];
    int next = 0;
    for (;;) {
        double now = now_ms();
        while (due[next] <= now) {
            if (write(fds[next], question, sizeof question - 1) < 0) die("write");
            due[next] += period;
            next = (next + 1) % connections;
        }
        int wait = (int)(due[next] - now) + 1;
        int count = epoll_wait(epoll, ready, batch, wait);
        for (int i = 0; i < count; i++)
            if (read(ready[i].data.fd, text, sizeof text) <= 0) die("read");
    }
}

int main(int argc, char **argv) {
    all_files();
    if (argc == 3 && strcmp(argv[1], "server") == 0) serve(atoi(argv[2]));
    if (argc == 6 && strcmp(argv[1], "client") == 0) probe(argv[2], atoi(argv[3]), atoi(argv[4]), atof(argv[5]));
    fprintf(stderr, "usage: epoll server PORT | epoll client HOST PORT CONNECTIONS PERIOD_MS\n");
    return 64;
}
