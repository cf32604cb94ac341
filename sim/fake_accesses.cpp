// The fakes, the scenarios and the invariants as the search sees them: compiled like the core, with the compiler's calls
// under names of their own (fake_accesses.symbols), which end here.
#include <cstring>

#include "sim/footprint.hpp"
#include "sim/run.hpp"

namespace sim {

static const bool announced = fakes_are_watched = true;

[[gnu::always_inline]] static inline void touched(const void *address, std::size_t bytes, bool write)
{
    if (!the_footprint.recording)
        return;
    if (write && in_heap(address))
        the_run.core_wrote = true;
    note_touched(address, bytes, write);
}

} // namespace sim

using sim::touched;

extern "C" {

void fake_read1(void *address)
{
    touched(address, 1, false);
}

void fake_read2(void *address)
{
    touched(address, 2, false);
}

void fake_unaligned_read2(void *address)
{
    touched(address, 2, false);
}

void fake_read4(void *address)
{
    touched(address, 4, false);
}

void fake_unaligned_read4(void *address)
{
    touched(address, 4, false);
}

void fake_read8(void *address)
{
    touched(address, 8, false);
}

void fake_unaligned_read8(void *address)
{
    touched(address, 8, false);
}

void fake_read16(void *address)
{
    touched(address, 16, false);
}

void fake_unaligned_read16(void *address)
{
    touched(address, 16, false);
}

void fake_write1(void *address)
{
    touched(address, 1, true);
}

void fake_write2(void *address)
{
    touched(address, 2, true);
}

void fake_unaligned_write2(void *address)
{
    touched(address, 2, true);
}

void fake_write4(void *address)
{
    touched(address, 4, true);
}

void fake_unaligned_write4(void *address)
{
    touched(address, 4, true);
}

void fake_write8(void *address)
{
    touched(address, 8, true);
}

void fake_unaligned_write8(void *address)
{
    touched(address, 8, true);
}

void fake_write16(void *address)
{
    touched(address, 16, true);
}

void fake_unaligned_write16(void *address)
{
    touched(address, 16, true);
}

void fake_read_write1(void *address)
{
    touched(address, 1, true);
}

void fake_read_write2(void *address)
{
    touched(address, 2, true);
}

void fake_unaligned_read_write2(void *address)
{
    touched(address, 2, true);
}

void fake_read_write4(void *address)
{
    touched(address, 4, true);
}

void fake_unaligned_read_write4(void *address)
{
    touched(address, 4, true);
}

void fake_read_write8(void *address)
{
    touched(address, 8, true);
}

void fake_unaligned_read_write8(void *address)
{
    touched(address, 8, true);
}

void fake_read_write16(void *address)
{
    touched(address, 16, true);
}

void fake_unaligned_read_write16(void *address)
{
    touched(address, 16, true);
}

void fake_read_range(void *address, unsigned long bytes)
{
    touched(address, bytes, false);
}

void fake_write_range(void *address, unsigned long bytes)
{
    touched(address, bytes, true);
}

// The guard of a static variable of a function, which is no part of a world.
unsigned char fake_atomic8_load(const volatile unsigned char *guard, int)
{
    return __atomic_load_n(guard, __ATOMIC_ACQUIRE);
}

// Counts of shared pointers, in tests.
int fake_atomic32_fetch_add(volatile int *count, int by, int)
{
    return __atomic_fetch_add(count, by, __ATOMIC_ACQ_REL);
}

int fake_atomic32_fetch_sub(volatile int *count, int by, int)
{
    return __atomic_fetch_sub(count, by, __ATOMIC_ACQ_REL);
}

// Functions of the library that fakes call. A copy may be made by the compiler's own hand, so the names are the library's.
void *fake_memcpy(void *to, const void *from, std::size_t bytes)
{
    touched(from, bytes, false);
    touched(to, bytes, true);
    return std::memcpy(to, from, bytes);
}

void *fake_memmove(void *to, const void *from, std::size_t bytes)
{
    touched(from, bytes, false);
    touched(to, bytes, true);
    return std::memmove(to, from, bytes);
}

void *fake_memset(void *to, int byte, std::size_t bytes)
{
    touched(to, bytes, true);
    return std::memset(to, byte, bytes);
}

int fake_memcmp(const void *a, const void *b, std::size_t bytes)
{
    touched(a, bytes, false);
    touched(b, bytes, false);
    return std::memcmp(a, b, bytes);
}

void *fake_memchr(void *in, int byte, std::size_t bytes)
{
    touched(in, bytes, false);
    return std::memchr(in, byte, bytes);
}

std::size_t fake_strlen(const char *text)
{
    std::size_t length = std::strlen(text);
    touched(text, length + 1, false);
    return length;
}

char *fake_strchr(char *text, int byte)
{
    touched(text, std::strlen(text) + 1, false);
    return std::strchr(text, byte);
}

int fake_strcmp(const char *a, const char *b)
{
    touched(a, std::strlen(a) + 1, false);
    touched(b, std::strlen(b) + 1, false);
    return std::strcmp(a, b);
}

int fake_strncmp(const char *a, const char *b, std::size_t bytes)
{
    touched(a, strnlen(a, bytes), false);
    touched(b, strnlen(b, bytes), false);
    return std::strncmp(a, b, bytes);
}

char *fake_strncpy(char *to, const char *from, std::size_t bytes)
{
    touched(from, strnlen(from, bytes), false);
    touched(to, bytes, true);
    return std::strncpy(to, from, bytes);
}
}
