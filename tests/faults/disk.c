/* A disk that fails or is watched: laid before libc (LD_PRELOAD), it counts what this process does
   to files under one folder, fails one of these calls or all from it on, or writes them down.
   A write that fails has written a half. What a failed sync may drop is not tried here: T2 does. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static char folder[PATH_MAX];
static size_t folder_length;
static long calls, fails_at;
static int error_number, for_ever, met, kept, record = -1;

/* Watch `path`; the call number `at` fails with `error` (0: none), and if `ever` all after it.
   `fd`: what is done is written there (-1: nowhere), see disk.py for the form. */
void disk_watch(const char *path, long at, int error, int ever, int fd) {
  strncpy(folder, path, sizeof folder - 1);
  folder_length = strlen(folder);
  calls = 0;
  met = kept = 0;
  fails_at = at;
  error_number = error;
  for_ever = ever;
  record = fd;
}

long disk_calls(void) { return __atomic_load_n(&calls, __ATOMIC_SEQ_CST); }
int disk_met(void) { return __atomic_load_n(&met, __ATOMIC_SEQ_CST); }
int disk_kept(void) { return __atomic_load_n(&kept, __ATOMIC_SEQ_CST); }

static int watched(const char *path) {
  return folder_length && strncmp(path, folder, folder_length) == 0 && path[folder_length] == '/';
}

static int watched_file(int fd, char *path) {
  char link[64];
  if (!folder_length) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return watched(path) || strcmp(path, folder) == 0;
}

static int fails(void) {
  long call = __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST);
  if (!error_number || call < fails_at || (call > fails_at && !for_ever)) return 0;
  __atomic_store_n(&met, 1, __ATOMIC_SEQ_CST);
  errno = error_number;
  return 1;
}

#define REAL(result, name, ...)                                   \
  static result (*real)(__VA_ARGS__);                             \
  if (!real) real = (result(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

/* One line of words, then as many bytes as it says. */
static void note(const char *call, const char *path, off_t at, const void *data, size_t size) {
  char line[PATH_MAX + 128];
  static ssize_t (*real)(int, const void *, size_t);
  if (record < 0) return;
  if (!real) real = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
  int length = snprintf(line, sizeof line, "%s %lld %zu %s\n", call, (long long)at, size,
                        path[folder_length] ? path + folder_length + 1 : ".");
  if (real(record, line, length) != length) _exit(99);
  if (size && real(record, data, size) != (ssize_t)size) _exit(99);
}

/* `half`: what a call that fails has done before it does. */
#define ON_FILE(call, real_call, half, at, data, size) \
  char path[PATH_MAX];                                \
  if (!watched_file(fd, path)) return real_call;      \
  if (fails()) {                                      \
    int error = errno;                                \
    half;                                             \
    errno = error;                                    \
    return -1;                                        \
  }                                                   \
  __typeof__(real_call) done = real_call;             \
  if (done >= 0) note(call, path, at, data, size);    \
  return done

ssize_t write(int fd, const void *data, size_t size) {
  REAL(ssize_t, "write", int, const void *, size_t);
  ON_FILE("write", real(fd, data, size), (void)!real(fd, data, size / 2), -1, data, (size_t)done);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
  REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
  ON_FILE("write", real(fd, data, size, at), (void)!real(fd, data, size / 2, at), at, data,
          (size_t)done);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
  return pwrite64(fd, data, size, at);
}

int fsync(int fd) {
  REAL(int, "fsync", int);
  ON_FILE("sync", real(fd), , 0, NULL, 0);
}

int fdatasync(int fd) {
  REAL(int, "fdatasync", int);
  ON_FILE("sync", real(fd), , 0, NULL, 0);
}

int ftruncate64(int fd, off64_t length) {
  REAL(int, "ftruncate64", int, off64_t);
  ON_FILE("truncate", real(fd, length), , length, NULL, 0);
}

int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

int open64(const char *path, int flags, ...) {
  REAL(int, "open64", const char *, int, ...);
  va_list more;
  va_start(more, flags);
  mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
  va_end(more);
  if (flags & O_CREAT && watched(path) && access(path, F_OK) != 0 && fails()) return -1;
  return real(path, flags, mode);
}

int open(const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
  va_end(more);
  return open64(path, flags, mode);
}

int unlink(const char *path) {
  REAL(int, "unlink", const char *);
  if (!watched(path) || !fails()) return real(path);
  __atomic_store_n(&kept, 1, __ATOMIC_SEQ_CST);
  return -1;
}

int mkdir(const char *path, mode_t mode) {
  REAL(int, "mkdir", const char *, mode_t);
  return watched(path) && fails() ? -1 : real(path, mode);
}

int rename(const char *from, const char *to) {
  REAL(int, "rename", const char *, const char *);
  return watched(to) && fails() ? -1 : real(from, to);
}

int link(const char *from, const char *to) {
  REAL(int, "link", const char *, const char *);
  return watched(to) && fails() ? -1 : real(from, to);
}
