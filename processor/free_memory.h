// Memory that was let go of goes back to the system.

#ifndef EXACTMEAN_PROCESSOR_FREE_MEMORY_H_
#define EXACTMEAN_PROCESSOR_FREE_MEMORY_H_

namespace exactmean {

// glibc keeps what was let go of for whoever asks next: in each of its arenas
// up to the most there ever was. This gives back the whole pages of it: the
// holes in all arenas, and what lies behind the last block of the one that the
// calling thread takes its memory from. That may be tens of megabytes after a
// burst of work, and malloc_trim alone leaves it there. To be called by the
// thread that did the work, when it is over; takes milliseconds.
void GiveBackFreeMemory();

}  // namespace exactmean

#endif  // EXACTMEAN_PROCESSOR_FREE_MEMORY_H_
