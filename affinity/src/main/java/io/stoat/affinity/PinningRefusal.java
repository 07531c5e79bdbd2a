package io.stoat.affinity;

/**
 * A thread that could not be pinned and runs wherever the scheduler puts it.
 *
 * @param thread name of the thread.
 * @param cpu that it was to run on.
 * @param cause why not.
 */
public record PinningRefusal(String thread, int cpu, Throwable cause) {
    /**
     * @return what was refused, why, and the mend.
     */
    @Override
    public String toString() {
        return "thread "
                + thread
                + " could not be pinned to CPU "
                + cpu
                + " and runs unpinned: "
                + cause.getMessage()
                + "; plan it on a CPU that is online and in the cpuset (Cpus_allowed_list in"
                + " /proc/self/status), or set it to off";
    }
}
