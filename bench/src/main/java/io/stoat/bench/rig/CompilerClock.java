package io.stoat.bench.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The processor time of the compilers of several JVMs, by what the kernel tells of their threads:
 * also of JVMs of another build, which could not be asked. One thread.
 */
final class CompilerClock {
    /** The kernel's unit for user space, ms. */
    private static final long TICK_MS = 10;

    /** Fields of a stat file behind the name, which may hold spaces. */
    private static final int USER_FIELD = 11;

    private final long[] pids;

    /** By thread: compilers that have nothing to do end, and what they took counts. */
    private final Map<Path, Long> tookMs = new HashMap<>();

    /**
     * @param pids of the JVMs; one that is gone took what it took.
     */
    CompilerClock(final long... pids) {
        this.pids = pids.clone();
    }

    /**
     * @param node process that was started for the run, or 0.
     * @return a clock of this JVM, the node's, and those of the members that it started.
     */
    static CompilerClock ofRun(final long node) {
        final List<Long> pids = new ArrayList<>(List.of(ProcessHandle.current().pid()));
        ProcessHandle.of(node)
                .ifPresent(
                        process -> {
                            pids.add(process.pid());
                            process.children().map(ProcessHandle::pid).forEach(pids::add);
                        });
        return new CompilerClock(pids.stream().mapToLong(Long::longValue).toArray());
    }

    /** What they took so far, in steps of 10 ms. */
    long compiledMs() {
        for (final long pid : pids) {
            try (Stream<Path> threads = Files.list(Path.of("/proc", pid + "", "task"))) {
                threads.forEach(this::look);
            } catch (final IOException gone) {
                // nothing is added
            }
        }
        return tookMs.values().stream().mapToLong(Long::longValue).sum();
    }

    private void look(final Path thread) {
        try {
            final String stat = Files.readString(thread.resolve("stat"));
            final String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
            if (name.matches("C[12] Compiler.*")) {
                final String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                tookMs.put(
                        thread,
                        TICK_MS
                                * (Long.parseLong(fields[USER_FIELD])
                                        + Long.parseLong(fields[USER_FIELD + 1])));
            }
        } catch (final IOException gone) {
            // what it took until the last look counts
        }
    }
}
