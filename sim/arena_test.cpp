#include "sim/arena.hpp"

#include <algorithm>
#include <cstring>

#include <gtest/gtest.h>

#include "sim/fault.hpp"
#include "sim/world.hpp"

namespace sim {
namespace {

TEST(Arena, AllocatesZeroedBytesAlsoWhereAnotherWorldWasBefore)
{
    reset_world(128);
    std::memset(allocate(500), 0xff, 500);
    reset_world(128);
    auto *memory = static_cast<unsigned char *>(allocate(500));
    EXPECT_TRUE(std::all_of(memory, memory + 500, [](unsigned char byte) { return byte == 0; }));
}

TEST(Arena, KeepsAllocationsApartAndAligned)
{
    reset_world(128);
    auto *first = static_cast<std::byte *>(allocate(3));
    auto *second = static_cast<std::byte *>(allocate(1, 64));
    auto *third = static_cast<std::byte *>(allocate(8));
    EXPECT_GE(second, first + 3);
    EXPECT_GE(third, second + 1);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(second) % 64, 0U);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(third) % 16, 0U);
}

TEST(Arena, TellsItsAddressesFromOthers)
{
    int local = 0;
    EXPECT_FALSE(in_arena(&local));
    EXPECT_FALSE(in_arena(nullptr));
    EXPECT_TRUE(in_heap(&the_world()));
    EXPECT_TRUE(in_arena(stack_low(0)));
    EXPECT_FALSE(in_heap(stack_low(0)));
    EXPECT_TRUE(in_arena(stack_top(tasks_max - 1) - 1));
    EXPECT_TRUE(in_arena(reinterpret_cast<const void *>(arena_base + arena_bytes - 1)));
    EXPECT_FALSE(in_arena(reinterpret_cast<const void *>(arena_base + arena_bytes)));
}

TEST(ArenaDeathTest, AFullHeapIsAnErrorOfInterfuse)
{
    reset_world(128);
    EXPECT_EXIT(allocate(heap_bytes), testing::ExitedWithCode(exit_internal), "memory is full");
}

} // namespace
} // namespace sim
