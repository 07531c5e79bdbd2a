package io.stoat.bench.echo;

import io.stoat.affinity.PinnedThreadFactory;
import io.stoat.affinity.PlannedThread;
import io.stoat.affinity.Topology;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Which thread runs on which CPU while reads are measured beside a burst of writes; plan lines.
 *
 * @param description for people.
 * @param separateNode of a node whose reads and writes have threads of their own.
 * @param sharedNode of a node with one thread for all.
 * @param reader of the process that gets.
 * @param writer of the process that puts.
 */
record BurstArrangement(
        String description, String separateNode, String sharedNode, String reader, String writer) {
    private static final int CPUS_FOR_ALL = 4;

    /**
     * With four CPUs, a core for each busy thread. With fewer, one CPU for what a get passes
     * through, and another for what a put passes through, so that all that they share is memory;
     * null with a single CPU, where there is nothing to compare.
     */
    static BurstArrangement of(final Topology topology) {
        final int[] cpus = topology.usable().stream().toArray();
        if (cpus.length >= CPUS_FOR_ALL) {
            return new BurstArrangement(
                    String.format(
                            "a CPU for each thread, all spin: driver+read-0 on %d, write-0 on %d,"
                                    + " reader on %d, writer on %d",
                            cpus[0], cpus[1], cpus[2], cpus[3]),
                    "driver+read-0=" + cpus[0] + ":spin,write-0=" + cpus[1] + ":spin",
                    "driver+read-0+write-0=" + cpus[0] + ":spin",
                    "client=" + cpus[2] + ":spin",
                    "client=" + cpus[3] + ":spin");
        }
        if (cpus.length < 2) {
            return null;
        }
        return new BurstArrangement(
                String.format(
                        "%d CPUs: driver+read-0 and the reader take turns on CPU %d (yield), write-0"
                                + " and the writer on CPU %d (yield)",
                        cpus.length, cpus[0], cpus[1]),
                "driver+read-0=" + cpus[0] + ":yield,write-0=" + cpus[1] + ":yield",
                "driver+read-0+write-0=" + cpus[0] + ":yield",
                "client=" + cpus[0] + ":yield",
                "client=" + cpus[1] + ":yield");
    }

    /** A thread as planned; a CPU that cannot be had ends the measurement. */
    static ExecutorService thread(final PlannedThread plan) {
        return Executors.newSingleThreadExecutor(
                new PinnedThreadFactory(
                        plan,
                        true,
                        refusal -> {
                            throw new IllegalStateException(refusal.toString());
                        }));
    }
}
