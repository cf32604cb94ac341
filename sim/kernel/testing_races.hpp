// MODELLED: two tasks that share memory, watched for races.
#pragma once

#include "sim/kernel/kobject.hpp"
#include "sim/kernel/mm.hpp"
#include "sim/kernel/mutex.hpp"
#include "sim/kernel/planted/racy.hpp"
#include "sim/kernel/rwsem.hpp"
#include "sim/kernel/semaphore.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/kernel/spinlock.hpp"
#include "sim/kernel/testing_tasks.hpp"
#include "sim/object_name.hpp"

namespace kernel {

struct shared {
    shared_fields fields;
    spinlock_t lock, inner;
    semaphore sem;
    rw_semaphore rwsem;
    mutex exclusion;
    atomic_t count;
    kobject object;
    wait_queue_head_t queue;
    bool done;
    page *pg;
    kmem_cache_t *cache;
    void *memory;
    int *lent;
};

inline shared *world_of_test;

inline shared &shared_of_test()
{
    return *world_of_test;
}

inline sim::typed_object find_type(const void *address)
{
    const auto *start = reinterpret_cast<const std::byte *>(&world_of_test->fields);
    const auto *at = static_cast<const std::byte *>(address);
    bool inside = at >= start && at < start + sizeof(shared_fields);
    return inside ? sim::typed_object{"shared_fields", start} : sim::typed_object{nullptr, nullptr};
}

inline std::string find_name(const void *address)
{
    if (address == &world_of_test->lock)
        return "lock";
    return address == world_of_test->memory ? "object" : "";
}

using body = void (*)(shared &);

inline kernel_world<shared> world_with(body first, body second)
{
    sim::the_run.watching = sim::watch_races;
    sim::install_type_finder(find_type);
    sim::install_object_namer(find_name);
    return kernel_world<shared>([first, second](shared &all) {
        world_of_test = &all;
        spin_lock_init(&all.lock);
        spin_lock_init(&all.inner);
        sema_init(&all.sem, 0);
        init_rwsem(&all.rwsem);
        mutex_init(&all.exclusion);
        kobject_init(&all.object);
        init_waitqueue_head(&all.queue);
        all.count.counter = 2;
        all.object.count.counter = 2;
        static const kobj_type no_release = {};
        all.object.ktype = &no_release;
        all.pg = alloc_page(GFP_KERNEL);
        all.cache = kmem_cache_create("things", sizeof(shared_fields), 0, 0, nullptr, nullptr);
        all.memory = kmem_cache_alloc(all.cache, GFP_KERNEL);
        spawn("one", [first, &all] { first(all); });
        spawn("two", [second, &all] { second(all); });
    });
}

inline void stop_watching()
{
    sim::the_run.watching = 0;
    sim::install_type_finder(nullptr);
    sim::install_object_namer(nullptr);
}

inline outcome_set outcomes_of(body first, body second)
{
    kernel_world<shared> w = world_with(first, second);
    outcome_set seen = w.outcomes();
    stop_watching();
    return seen;
}

// Task "one" first, then "two"; or the other way round.
inline sim::verdict run_in_order(body first, body second, std::vector<unsigned> order)
{
    kernel_world<shared> w = world_with(first, second);
    sim::by_priority chooser(std::move(order));
    sim::verdict v = w.run(chooser);
    stop_watching();
    return v;
}

} // namespace kernel
