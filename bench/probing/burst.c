// The three parts around a burst of resets, with one clock (CLOCK_MONOTONIC) for all:
//   burst reset COUNT        says "listening PORT", accepts so many and answers each one's first question, says "ready",
//                            and after a line on stdin resets all; says PEER-PORT NANOSECONDS of each,
//                            taken right before the close() whose RST the kernel sends
//   burst hold PORT COUNT    the reference: holds so many, and says each reset in a line like our events
//   burst read COUNT         takes such lines on stdin; says LOCAL-PORT NANOSECONDS of each, taken when it could be read
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static void die(const char *what) {
  perror(what);
  exit(1);
}

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static struct sockaddr_in loopback(int port) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return a;
}

static const char question[] = "Soy todo oídos!\n", answer[] = "You said: Soy todo oídos!\n";

static void reset_all(int count) {
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in a = loopback(0);
  socklen_t size = sizeof a;
  if (bind(listener, (struct sockaddr *)&a, sizeof a) || listen(listener, 4096)) die("listen");
  int *sockets = calloc(count, sizeof(int)), *ports = calloc(count, sizeof(int));
  int64_t *stamps = calloc(count, sizeof(int64_t));
  if (getsockname(listener, (struct sockaddr *)&a, &size)) die("getsockname");
  printf("listening %d\n", ntohs(a.sin_port));
  fflush(stdout);
  for (int i = 0; i < count; i++) {
    struct sockaddr_in peer;
    socklen_t length = sizeof peer;
    struct linger hard = {1, 0};
    sockets[i] = accept(listener, (struct sockaddr *)&peer, &length);
    if (sockets[i] < 0) die("accept");
    setsockopt(sockets[i], SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    ports[i] = ntohs(peer.sin_port);
    char line[64];
    if (read(sockets[i], line, sizeof line) <= 0 || write(sockets[i], answer, strlen(answer)) < 0) die("answer");
  }
  puts("ready");
  fflush(stdout);
  char line[16];
  if (!fgets(line, sizeof line, stdin)) exit(1);
  for (int i = 0; i < count; i++) {
    stamps[i] = now();
    close(sockets[i]);
  }
  for (int i = 0; i < count; i++) printf("%d %lld\n", ports[i], (long long)stamps[i]);
  puts("done");
  fflush(stdout);
  // Listens on, so that whoever dials again is not told of another failure.
  while (fgets(line, sizeof line, stdin));
}

static void hold(int port, int count) {
  int epoll = epoll_create1(0);
  struct sockaddr_in a = loopback(port);
  int *ports = calloc(count + 1024, sizeof(int));
  for (int i = 0; i < count; i++) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || fd >= count + 1024 || connect(fd, (struct sockaddr *)&a, sizeof a)) die("connect");
    struct sockaddr_in own;
    socklen_t length = sizeof own;
    getsockname(fd, (struct sockaddr *)&own, &length);
    ports[fd] = ntohs(own.sin_port);
    char line[64];
    if (write(fd, question, strlen(question)) < 0 || read(fd, line, sizeof line) <= 0) die("question");
    struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e);
  }
  struct epoll_event events[1024];
  for (int left = count; left > 0;) {
    int n = epoll_wait(epoll, events, 1024, -1);
    for (int i = 0; i < n; i++) {
      char bytes[4096], line[128];
      int fd = events[i].data.fd;
      if (read(fd, bytes, sizeof bytes) > 0) continue;
      int length = snprintf(line, sizeof line, "{\"event\":\"failed\",\"local\":\"127.0.0.1:%d\",\"failure\":\"%s\"}\n",
                            ports[fd], errno == ECONNRESET ? "reset" : "other");
      if (write(1, line, length) != length) die("write");
      close(fd);
      left--;
    }
  }
  pause();
}

static void read_reports(int count) {
  static char text[1 << 20];
  size_t held = 0;
  int *ports = calloc(count, sizeof(int)), seen = 0;
  int64_t *stamps = calloc(count, sizeof(int64_t));
  while (seen < count) {
    ssize_t n = read(0, text + held, sizeof text - held - 1);
    int64_t at = now();
    if (n <= 0) die("read");
    held += n;
    text[held] = 0;
    char *from = text, *end;
    while (seen < count && (end = strchr(from, '\n'))) {
      *end = 0;
      char *local = strstr(from, "\"local\":\"127.0.0.1:");
      if (strstr(from, "\"event\":\"failed\"") && strstr(from, "\"reset\"") && local) {
        ports[seen] = atoi(local + strlen("\"local\":\"127.0.0.1:"));
        stamps[seen++] = at;
      }
      from = end + 1;
    }
    held -= from - text;
    memmove(text, from, held);
  }
  for (int i = 0; i < count; i++) printf("%d %lld\n", ports[i], (long long)stamps[i]);
}

int main(int argc, char **argv) {
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  if (argc == 3 && !strcmp(argv[1], "reset")) reset_all(atoi(argv[2]));
  else if (argc == 4 && !strcmp(argv[1], "hold")) hold(atoi(argv[2]), atoi(argv[3]));
  else if (argc == 3 && !strcmp(argv[1], "read")) read_reports(atoi(argv[2]));
  else return 64;
  return 0;
}
