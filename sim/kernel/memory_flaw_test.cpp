#include <gtest/gtest.h>

#include "sim/kernel/testing_memory.hpp"

namespace kernel {
namespace {

TEST(MemoryFlaw, ALoadFromAFreedObjectIsReported)
{
    EXPECT_EQ(end_of([](objects &all) {
                  all.object = zeroed_object();
                  kfree(all.object);
                  read_number(all.object);
              }),
              "use_after_free in read_number: task reads 4 bytes of it at offset 16");
}

TEST(MemoryFlaw, AStoreToAFreedObjectIsReported)
{
    EXPECT_EQ(end_of([](objects &all) {
                  all.object = zeroed_object();
                  kfree(all.object);
                  write_number(all.object, 1);
              }),
              "use_after_free in write_number: task writes 4 bytes of it at offset 16");
}

TEST(MemoryFlaw, AnObjectThatIsNotFreedYetIsNone)
{
    EXPECT_EQ(end_of([](objects &all) {
                  all.object = zeroed_object();
                  write_number(all.object, 1);
                  read_number(all.object);
                  kfree(all.object);
                  // The same memory again, of somebody else.
                  all.object = zeroed_object();
                  read_number(all.object);
              }),
              "done");
}

TEST(MemoryFlaw, AFakeThatIsGivenAFreedObjectIsReported)
{
    EXPECT_EQ(end_of([](objects &) {
                  auto *count = reinterpret_cast<atomic_t *>(bytes(sizeof(atomic_t)));
                  atomic_set(count, 1);
                  kfree(count);
                  atomic_inc(count);
              }),
              "use_after_free in operator(): task does atomic-inc on it at offset 0");
}

TEST(MemoryFlaw, AnAccessBehindAnObjectIsReported)
{
    EXPECT_EQ(end_of([](objects &) { write_byte(bytes(20), 20); }),
              "out_of_bounds in write_byte: task writes 1 byte of it at offset 20, which has 20 bytes");
    EXPECT_EQ(end_of([](objects &) { write_byte(bytes(32), 32); }),
              "out_of_bounds in write_byte: task writes 1 byte of memory behind it at offset 32, which has 32 bytes");
}

TEST(MemoryFlaw, AnAccessThatRunsOverTheEndOfAnObjectSaysHowFar)
{
    // The number lies at offset 16 of what is taken for a trespasser.
    EXPECT_EQ(end_of([](objects &) { write_number(reinterpret_cast<trespasser *>(bytes(20) + 2), 1); }),
              "out_of_bounds in write_number: task writes 4 bytes of it at offset 18, 2 of them past the end of its 20 bytes");
    EXPECT_EQ(end_of([](objects &) { write_number(reinterpret_cast<trespasser *>(bytes(32) + 13), 1); }),
              "out_of_bounds in write_number: task writes 4 bytes of it at offset 29, 1 of them past the end of its 32 bytes");
    EXPECT_EQ(end_of([](objects &) { clear(bytes(20), 64); }),
              "out_of_bounds in clear: task writes 64 bytes of it at offset 0, 44 of them past the end of its 20 bytes");
    EXPECT_EQ(end_of([](objects &) { clear(bytes(20), 20); }), "done");
}

TEST(MemoryFlaw, AnAccessBeforeAnObjectIsReported)
{
    EXPECT_EQ(end_of([](objects &) { write_byte(bytes(20), -1); }),
              "out_of_bounds in write_byte: task writes 1 byte of memory before it at offset -1");
}

TEST(MemoryFlaw, AnAccessFarFromEachObjectIsReported)
{
    EXPECT_EQ(end_of([](objects &) {
                  bytes(20);
                  sim::allocate(4);
                  write_byte(bytes(20), -20);
              }),
              "out_of_bounds in write_byte: task writes 1 byte of memory between two objects");
}

TEST(MemoryFlaw, AnAccessBehindTheHeapIsReported)
{
    EXPECT_EQ(end_of([](objects &) { write_byte(bytes(20), 40'000); }),
              "out_of_bounds in write_byte: task writes 1 byte of memory between two objects");
}

TEST(MemoryFlaw, AMemberIsNamedWhereTheTypeIsKnown)
{
    sim::install_type_finder([](const void *) { return sim::typed_object{"trespasser", the_objects->object}; });
    EXPECT_EQ(end_of([](objects &all) {
                  all.object = zeroed_object();
                  kfree(all.object);
                  read_number(all.object);
              }),
              "use_after_free in read_number: task reads 4 bytes of it at offset 16 (trespasser.number)");
    sim::install_type_finder(nullptr);
}

TEST(MemoryFlaw, TheFirstAndTheLastByteOfAnObjectAreNone)
{
    EXPECT_EQ(end_of([](objects &) {
                  char *memory = bytes(20);
                  write_byte(memory, 0);
                  write_byte(memory, 19);
              }),
              "done");
}

TEST(MemoryFlaw, ALoadOfWhatNobodyHasWrittenIsReported)
{
    EXPECT_EQ(end_of([](objects &all) {
                  INIT_LIST_HEAD(&all.head);
                  read_number(new_object());
                  link_after(zeroed_object(), &all.head);
              }),
              "unwritten_memory in read_number: task reads 4 bytes of it at offset 16 that nobody has written yet");
}

TEST(MemoryFlaw, ALoadOfWhatWasWrittenIsNone)
{
    EXPECT_EQ(end_of([](objects &all) {
                  trespasser *object = new_object();
                  write_number(object, 1);
                  read_number(object);
                  link_after(zeroed_object(), &all.head);
              }),
              "done");
}

TEST(MemoryFlaw, ALoadThatServesTheStoreOfABitIsNone)
{
    EXPECT_EQ(end_of([](objects &all) {
                  trespasser *object = new_object();
                  set_wide(object);
                  all.result = is_wide(object);
              }),
              "done");
}

TEST(MemoryFlaw, ALoadOfAnUnwrittenBitIsReported)
{
    EXPECT_EQ(end_of([](objects &all) {
                  all.result = is_wide(new_object());
                  set_wide(zeroed_object());
              }).substr(0, 28),
              "unwritten_memory in is_wide:");
}

static counted *new_counted()
{
    return static_cast<counted *>(kmalloc(sizeof(counted), GFP_KERNEL));
}

TEST(MemoryFlaw, AFieldThatAFakeLoadsAndNobodyHasWrittenIsReported)
{
    EXPECT_EQ(end_of([](objects &all) { all.result = read_flag(new_counted()); }),
              "unwritten_memory in read_flag: task reads 4 bytes of it at offset 0 that nobody has written yet");
    EXPECT_EQ(end_of([](objects &all) { all.result = read_count(new_counted()); }),
              "unwritten_memory in read_count: task reads 4 bytes of it at offset 4 that nobody has written yet");
    EXPECT_EQ(end_of([](objects &) { get(new_counted()); }),
              "unwritten_memory in get: task reads 4 bytes of it at offset 4 that nobody has written yet");
    EXPECT_EQ(end_of([](objects &all) {
                  counted *object = new_counted();
                  raise_flag(object);
                  set_count(object);
                  get(object);
                  all.result = read_flag(object) + read_count(object);
              }),
              "done");
}

TEST(MemoryFlaw, ATouchOfARestingObjectIsReported)
{
    EXPECT_EQ(end_of([](objects &all) {
                  all.object = zeroed_object();
                  all.rests = true;
                  sim::mark_resting(all.object, sizeof *all.object, &all.object->links, sizeof all.object->links);
                  write_number(all.object, 1);
              }),
              "resting_object in write_number: task writes 4 bytes of it at offset 16 while it rests");
}

// From its links on, which may be touched.
void clear_what_may_rest(objects &all)
{
    all.object = zeroed_object();
    sim::mark_resting(all.object, sizeof *all.object, &all.object->links, sizeof all.object->links);
    clear(reinterpret_cast<char *>(all.object), sizeof *all.object);
}

TEST(MemoryFlaw, ATouchOfAllOfARestingObjectIsNoOverflow)
{
    EXPECT_EQ(end_of(clear_what_may_rest), "done");
    EXPECT_EQ(end_of([](objects &all) {
                  all.rests = true;
                  clear_what_may_rest(all);
              }),
              "resting_object in clear: task writes 40 bytes of it at offset 16 while it rests");
}

TEST(MemoryFlaw, ATouchOfTheLinksOfARestingObjectIsNone)
{
    EXPECT_EQ(end_of([](objects &all) {
                  all.object = zeroed_object();
                  all.rests = true;
                  sim::mark_resting(all.object, sizeof *all.object, &all.object->links, sizeof all.object->links);
                  link_after(all.object, &all.head);
              }),
              "done");
}

TEST(MemoryFlaw, ATouchOfAnObjectThatRestsNoLongerIsNone)
{
    EXPECT_EQ(end_of([](objects &all) {
                  all.object = zeroed_object();
                  sim::mark_resting(all.object, sizeof *all.object, &all.object->links, sizeof all.object->links);
                  write_number(all.object, 1);
                  read_number(all.object);
              }),
              "done");
}

TEST(MemoryFlaw, APageIsTouchedThroughItsMappingAlone)
{
    EXPECT_EQ(end_of([](objects &all) {
                  all.pg = alloc_page(GFP_KERNEL);
                  void *address = kmap_atomic(all.pg, KM_USER0);
                  write_byte(static_cast<char *>(address), 3);
                  kunmap_atomic(address, KM_USER0);
                  write_byte(static_cast<char *>(address), 3);
              }),
              "page_not_mapped in write_byte: task writes 1 byte of it, which it has not mapped");
}

TEST(MemoryFlaw, AnAccessBeyondAMappedPageIsReported)
{
    EXPECT_EQ(end_of([](objects &all) {
                  all.pg = alloc_page(GFP_KERNEL);
                  auto *address = static_cast<char *>(kmap_atomic(all.pg, KM_USER0));
                  // The number's last two bytes.
                  write_number(reinterpret_cast<trespasser *>(address + PAGE_SIZE - offsetof(trespasser, number) - 2), 1);
              }),
              "out_of_bounds in write_number: task writes 4 bytes of it, beyond its end");
}

TEST(MemoryFlaw, APageAfterItsLastPutIsReported)
{
    EXPECT_EQ(end_of([](objects &all) {
                  all.pg = alloc_page(GFP_KERNEL);
                  auto *address = static_cast<char *>(kmap_atomic(all.pg, KM_USER0));
                  put_page(all.pg);
                  write_byte(address, 3);
              }),
              "page_after_free in write_byte: task writes 1 byte of it after its last reference was put");
}

TEST(MemoryFlaw, AMappedPageIsNone)
{
    EXPECT_EQ(end_of([](objects &all) {
                  all.pg = alloc_page(GFP_KERNEL);
                  auto *address = static_cast<char *>(kmap_atomic(all.pg, KM_USER0));
                  write_byte(address, 0);
                  write_byte(address, static_cast<long>(PAGE_SIZE) - 1);
                  kunmap_atomic(address, KM_USER0);
                  put_page(all.pg);
              }),
              "done");
}

TEST(MemoryFlaw, AUserAddressIsNoAddressOfTheKernel)
{
    EXPECT_EQ(end_of([](objects &all) {
                  mm_struct *mm = make_mm();
                  map_user_pages(mm, 1);
                  all.result = read_number(reinterpret_cast<const trespasser *>(user_base()));
              }),
              "oops in read_number: memory that is not mapped was accessed in read_number, called by ?");
}

// A lender and a borrower, in every order; how the runs end.
std::set<std::string> orders(int (*borrower)(objects &), bool take_back)
{
    watching_memory now;
    kernel_world<objects> w([=](objects &all) {
        all.object = zeroed_object();
        init_waitqueue_head(&all.queue);
        spawn("lender", [=, &all] { lend(all.object, &all.queue, take_back); });
        spawn("borrower", [=, &all] {
            if (all.object->argument != nullptr)
                all.result = borrower(all);
        });
    });
    std::set<std::string> seen;
    sim::exhaustive chooser;
    do {
        seen.insert(words_of(w.run(chooser)));
    } while (chooser.advance());
    return seen;
}

int at_once(objects &all)
{
    return borrow(all.object);
}

int late(objects &all)
{
    return borrow_late(all.object, &all.queue);
}

TEST(MemoryFlaw, APointerIntoAFrameThatIsGoneIsReported)
{
    const std::string finding = "dead_frame in borrow: borrower reads 4 bytes of a frame of lender that is gone, by the "
                                "pointer in it at offset 24";
    EXPECT_EQ(orders(at_once, false), (std::set<std::string>{"done", finding}));
    EXPECT_EQ(orders(at_once, true), std::set<std::string>{"done"});
}

TEST(MemoryFlaw, APointerThatWasLoadedBeforeItsFrameWentIsReported)
{
    const std::string finding = "dead_frame in borrow_late: borrower reads 4 bytes of a frame of lender that is gone, "
                                "by the pointer in it at offset 24";
    EXPECT_EQ(orders(late, false), (std::set<std::string>{"done", finding}));
    EXPECT_EQ(orders(late, true), (std::set<std::string>{"done", finding}));
}

TEST(MemoryFlaw, AWorldHasAShadowOnlyWhileMemoryIsWatched)
{
    auto world_bytes = [] {
        kernel_world<objects> w([](objects &all) { all.object = new_object(); });
        return w.start.size();
    };
    std::size_t plain = world_bytes();
    watching_memory now;
    EXPECT_GT(world_bytes(), plain + sizeof(trespasser) / 4);
}

} // namespace
} // namespace kernel
