package io.stoat.bench.rig;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Processes on several sides, of which one at a time runs while the others are stopped (SIGSTOP,
 * SIGCONT). A shell sends the signals; when this process dies, it lets all processes run. Any
 * thread.
 */
public final class Sides implements AutoCloseable {
    private static final long END_TIMEOUT_S = 5;
    private static final String SCRIPT =
            "stopped=; while read -r signal pids; do kill $signal $pids 2>/dev/null;"
                    + " if [ $signal = -STOP ]; then stopped=$pids; fi; done;"
                    + " if [ -n \"$stopped\" ]; then kill -CONT $stopped 2>/dev/null; fi";

    private final List<List<Long>> sides = new ArrayList<>();
    private final Process shell;
    private final Writer signals;
    private boolean closed;

    /**
     * @param count of sides; their processes run until one side is given the turn.
     */
    public Sides(final int count) {
        for (int side = 0; side < count; side++) {
            sides.add(new ArrayList<>());
        }
        try {
            shell =
                    new ProcessBuilder("sh", "-c", SCRIPT)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
        } catch (final IOException ex) {
            throw new UncheckedIOException("cannot start sh", ex);
        }
        signals = new OutputStreamWriter(shell.getOutputStream(), StandardCharsets.US_ASCII);
    }

    /**
     * Stops the processes of all sides but one.
     *
     * @param active side: its processes run.
     * @return false when the sides are closed, and nothing was done.
     */
    public synchronized boolean give(final int active) {
        if (closed) {
            return false;
        }
        final List<Long> passive = new ArrayList<>();
        for (int side = 0; side < sides.size(); side++) {
            if (side != active) {
                passive.addAll(sides.get(side));
            }
        }
        signal("-STOP", passive);
        signal("-CONT", sides.get(active));
        return true;
    }

    private void signal(final String name, final List<Long> pids) {
        if (!pids.isEmpty()) {
            try {
                signals.write(
                        name
                                + pids.stream()
                                        .map(pid -> " " + pid)
                                        .collect(Collectors.joining("", "", "\n")));
                signals.flush();
            } catch (final IOException ex) {
                throw new UncheckedIOException("the shell that sends signals is gone", ex);
            }
        }
    }

    /**
     * @param side of the process.
     * @param pid of it: from the next turn on it runs when its side does.
     */
    public synchronized void join(final int side, final long pid) {
        sides.get(side).add(pid);
    }

    /**
     * @param side of the process.
     * @param pid of it: from now on it always runs.
     */
    public synchronized void leave(final int side, final long pid) {
        if (sides.get(side).remove(pid)) {
            signal("-CONT", List.of(pid));
        }
    }

    /** Every process runs from now on; idempotent. */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            sides.forEach(side -> signal("-CONT", side));
        }
        try {
            signals.close();
            if (!shell.waitFor(END_TIMEOUT_S, TimeUnit.SECONDS)) {
                shell.destroyForcibly();
            }
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }
}
