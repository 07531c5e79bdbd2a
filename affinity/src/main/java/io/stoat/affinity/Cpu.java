package io.stoat.affinity;

/**
 * One logical CPU, which is what a thread is pinned to.
 *
 * @param id number, as in {@code taskset -c}.
 * @param core number of its physical core, unique within the socket only.
 * @param socket number of its package.
 * @param numaNode node whose memory is near.
 * @param siblings the logical CPUs of the same physical core, itself included: more than one with
 *     SMT.
 */
public record Cpu(int id, int core, int socket, int numaNode, CpuSet siblings) {
    /** Identifies the physical core on the whole host. */
    int physicalCore() {
        return siblings.first();
    }
}
