#include <gtest/gtest.h>

#include "sim/kernel/testing_memory.hpp"

namespace kernel {
namespace {

TEST(MemoryLimits, AnIncrementOfWhatNobodyHasWrittenIsTakenForTheStoreOfABit)
{
    EXPECT_EQ(end_of([](objects &) { count_up(new_object()); }), "done");
    EXPECT_EQ(end_of([](objects &) {
                  trespasser *object = new_object();
                  read_number(object);
                  write_number(zeroed_object(), 1);
              }),
              "unwritten_memory in read_number: task reads 4 bytes of it at offset 16 that nobody has written yet");
}

TEST(MemoryLimits, WhoLeavesAMemberButNotItsObjectIsNotSeen)
{
    EXPECT_EQ(end_of([](objects &) { write_byte(zeroed_object()->text - sizeof(void *), 0); }), "done");
    EXPECT_EQ(end_of([](objects &) { write_byte(zeroed_object()->text, 8); }),
              "out_of_bounds in write_byte: task writes 1 byte of it at offset 40, which has 40 bytes");
}

void write_after_put(objects &all)
{
    put_page(all.pg);
    void *address = kmap_atomic(all.pg, KM_USER0);
    write_byte(static_cast<char *>(address), 0);
    kunmap_atomic(address, KM_USER0);
}

TEST(MemoryLimits, AnotherReferenceHidesThatAPageWasPutTooEarly)
{
    EXPECT_EQ(end_of([](objects &all) {
                  all.pg = alloc_page(GFP_KERNEL);
                  get_page(all.pg); // as that of a process which has it mapped
                  write_after_put(all);
                  put_page(all.pg);
              }),
              "done");
    EXPECT_EQ(end_of([](objects &all) {
                  all.pg = alloc_page(GFP_KERNEL);
                  write_after_put(all);
              }),
              "page_after_free in write_after_put: it is mapped after its last reference was put");
}

} // namespace
} // namespace kernel
