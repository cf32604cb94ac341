// The list of invariants, and of the rules that the fakes check themselves.
#include "checker/invariants/invariant.hpp"

#include <array>

#include "checker/invariants/argument_memory.hpp"
#include "checker/invariants/membership.hpp"
#include "checker/invariants/references.hpp"

namespace interfuse {

std::span<const invariant> all_invariants()
{
    static constexpr std::array<invariant, 3> list = {{
        {"list_membership", "each list of a connection holds requests in the states that belong to it, each request "
                            "once, and each request is on the list that its state asks for",
         "whenever fc->lock is free", "fc->background; a request that its requester took off fc->pending after SIGKILL",
         check_list_membership},
        {"reference_count", "a request's count is the number of references that have an owner",
         "whenever fc->lock is free", "requests of the pool that were never used", check_reference_counts},
        {"argument_memory", "no request is locked for copying while its arguments lie in the stack of a task whose "
                            "system call has ended", "at every step", "arguments in other memory",
         check_argument_memory},
    }};
    return list;
}

std::span<const kernel_rule> all_kernel_rules()
{
    static constexpr std::array<kernel_rule, 21> list = {{
        {"transition", "a request changes its state only as the original's state machine allows"},
        {"reference_owner", "a task drops only references that it owns"},
        {"end_once", "the end callback of a request is called at most once"},
        {"connected_once", "fc->connected goes from 1 to 0 once and never back"},
        {"BUG_ON", "no assertion of the kernel's own fails"},
        {"oops", "no wild access, and no call through a null or poisoned function pointer"},
        {"hang", "nobody sleeps for ever"},
        {"soft_lockup", "no step makes more accesses than its bound"},
        {"leak", "after the teardown no slab object and no page is left"},
        {"sleep_in_atomic", "nobody sleeps with a spinlock or an atomic kmap held"},
        {"held_at_syscall_end", "no lock and no atomic kmap is held when a system call ends"},
        {"asleep_at_syscall_end", "a task returns to user space in state TASK_RUNNING"},
        {"unbalanced_unlock", "only its holder releases a lock"},
        {"unbalanced_kunmap", "an atomic kmap is undone through its own address and slot"},
        {"kmap_slot_in_use", "an atomic kmap slot holds one mapping"},
        {"self_deadlock", "no task waits for a lock that it holds"},
        {"lock_not_held", "functions that need a lock are called with it"},
        {"double_free, bad_free, write_after_free, slab_leak", "slab objects are used between allocation and free"},
        {"page_after_free, page_freed_locked", "pages are used while they are referenced, and not freed locked"},
        {"reference_count", "inodes, files, mounts and kobjects are put as often as they were taken"},
        {"busy_inodes, busy_dentry, mount_busy", "nothing of a file system is in use after its unmount"},
    }};
    return list;
}

} // namespace interfuse
