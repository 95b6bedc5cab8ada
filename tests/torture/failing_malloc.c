// Preloaded, it lets one allocation fail whenever the file that FAILING_MALLOC names appears: the one
// whose number is in the file, counted from 0 over all threads. Then it removes the file.
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

// Glibc's own, under names that nobody replaces.
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);

static const char *armed_by;
static atomic_long left = -1;
static atomic_int is_armed;

__attribute__((constructor)) static void set_up(void)
{
    armed_by = getenv("FAILING_MALLOC");
}

// The number in the file, or -1 if there is no file.
static long read_number(void)
{
    char number[24] = "-1";
    const int file = open(armed_by, O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        const ssize_t size = read(file, number, sizeof number - 1);
        number[size > 0 ? size : 0] = 0;
        close(file);
    }
    return atol(number);
}

static int fails(void)
{
    if (!armed_by)
        return 0;
    const int before = errno;
    const long number = read_number();
    errno = before;
    if (number < 0) {
        is_armed = 0;
        return 0;
    }
    if (!atomic_exchange(&is_armed, 1))
        left = number;
    if (atomic_fetch_sub(&left, 1) != 0)
        return 0;
    unlink(armed_by);
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size)
{
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t number, size_t size)
{
    return fails() ? NULL : __libc_calloc(number, size);
}

void *realloc(void *old, size_t size)
{
    return fails() ? NULL : __libc_realloc(old, size);
}
