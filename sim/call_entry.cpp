// What a call finds on its stack, in the executables that search.
#include "sim/footprint.hpp"

namespace sim {

// Calls that have seen no access of their own, as they have little on their stack, reach that far below the lowest one known.
static constexpr int unseen_bytes = 256;

// Runs at the start of each function, before the function has made its frame (-pg -mfentry): wipes what earlier calls of the step
// have left where the frame will lie. Locals without a value, padding and places for registers would keep it, and tell worlds
// apart that are equal. It may change no register but r10, r11 and xmm15, which hold nothing there.
extern "C" [[gnu::naked]] void __fentry__()
{
    asm volatile("cmpb $0, %c[footprint] + %c[recording](%%rip)\n"
                 "je 2f\n"
                 "mov %%rsp, %%r11\n"
                 "mov %%rsp, %%r10\n"
                 "sub %c[footprint] + %c[own_stack](%%rip), %%r10\n"
                 "cmp %[stride], %%r10\n"
                 "jae 2f\n"
                 "mov %c[footprint] + %c[deepest](%%rip), %%r10\n"
                 "mov %%r11, %c[footprint] + %c[deepest](%%rip)\n"
                 "cmp %%r10, %%r11\n"
                 "cmovb %%r11, %%r10\n"
                 "sub %[unseen], %%r10\n"
                 "and $-16, %%r10\n"
                 "pxor %%xmm15, %%xmm15\n"
                 "1:\n"
                 "movaps %%xmm15, (%%r10)\n"
                 "add $16, %%r10\n"
                 "cmp %%r11, %%r10\n" // two calls deep, hence a multiple of 16
                 "jb 1b\n"
                 "2:\n"
                 "ret\n"
                 :
                 : [footprint] "i"(&the_footprint), [recording] "i"(offsetof(step_footprint, recording)),
                   [own_stack] "i"(offsetof(step_footprint, own_stack)), [deepest] "i"(offsetof(step_footprint, deepest)),
                   [stride] "i"(stack_stride), [unseen] "i"(unseen_bytes));
}

} // namespace sim
