// Preloaded, it lets one pwrite64 write only half of what it was given, as a disk that is nearly
// full does: the number SHORT_WRITE_AT over all threads. It says so on standard error.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

static ssize_t (*real_pwrite64)(int, const void *, size_t, off64_t);
static atomic_long count;
static long at = -1;

__attribute__((constructor)) static void set_up(void)
{
    const char *number = getenv("SHORT_WRITE_AT");
    real_pwrite64 = dlsym(RTLD_NEXT, "pwrite64");
    at = number ? atol(number) : -1;
}

ssize_t pwrite64(int file, const void *data, size_t size, off64_t offset)
{
    if (size > 1 && atomic_fetch_add(&count, 1) == at) {
        static const char told[] = "a write was cut short\n";
        (void)!write(2, told, sizeof told - 1);
        size /= 2;
    }
    return real_pwrite64(file, data, size, offset);
}
