// Preloaded, it lets one allocation fail: the number FAILING_MALLOC_AT, counted over all threads
// from the moment when the file FAILING_MALLOC_ARMED appears. It says so on standard error.
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

// Glibc's own, under names that nobody replaces.
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);

static atomic_long count;
static long at = -1;
static const char *armed_by;
static atomic_int is_armed;

__attribute__((constructor)) static void set_up(void)
{
    const char *number = getenv("FAILING_MALLOC_AT");
    armed_by = getenv("FAILING_MALLOC_ARMED");
    at = number && armed_by ? atol(number) : -1;
}

static int fails(void)
{
    if (at < 0)
        return 0;
    if (!is_armed) {
        const int before = errno;
        is_armed = access(armed_by, F_OK) == 0;
        errno = before;
        if (!is_armed)
            return 0;
    }
    if (atomic_fetch_add(&count, 1) != at)
        return 0;
    static const char told[] = "an allocation failed\n";
    (void)!write(2, told, sizeof told - 1);
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
